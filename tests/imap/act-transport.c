/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": the way to the server, and how long it is trusted. */
#include "src/base/base.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"
#include "tests/imap/play.h"

#include <stdlib.h>

/* "tunnel": the session takes its connections for those of a command. */
static void do_tunnel(struct play *play, char **words)
{
	static const char *const argv[] = { "true", NULL };

	(void)words;
	play->config.tunnel = argv;
}

static void do_tcp(struct play *play, char **words)
{
	(void)words;
	imapd_use_tcp(play->imapd);
}

/* "doubt AFTER LIMIT": milliseconds of silence, and for the answer. */
static void do_doubt(struct play *play, char **words)
{
	(void)play;
	session_timing.trust_ms = (unsigned)strtoul(words[1], NULL, 10);
	session_timing.doubt_ms = (unsigned)strtoul(words[2], NULL, 10);
}

static gboolean has_passed(void *data)
{
	*(bool *)data = true;
	return G_SOURCE_REMOVE;
}

/* "pass MS": the loop runs for so long; for what must not happen. */
static void do_pass(struct play *play, char **words)
{
	bool is_over = false;

	(void)play;
	g_timeout_add((guint)strtoul(words[1], NULL, 10), has_passed, &is_over);
	while (!is_over)
		g_main_context_iteration(NULL, TRUE);
}

/* "more MS": until more connections are tried again. */
static void do_more(struct play *play, char **words)
{
	(void)play;
	session_timing.more_ms = (unsigned)strtoul(words[1], NULL, 10);
}

/* "progress MS": how long a connection must live to have been good. */
static void do_progress(struct play *play, char **words)
{
	(void)play;
	session_timing.progress_ms = (unsigned)strtoul(words[1], NULL, 10);
}

/* "chunk MS": that a chunk of a section may come in. */
static void do_chunk(struct play *play, char **words)
{
	(void)play;
	session_timing.chunk_ms = (unsigned)strtoul(words[1], NULL, 10);
}

const struct play_action play_transport_actions[] = {
	{ "tunnel", do_tunnel }, { "tcp", do_tcp }, { "doubt", do_doubt },
	{ "more", do_more },
	{ "chunk", do_chunk }, { "progress", do_progress },
	{ NULL, NULL },
};

const struct play_action play_transport_network[] = {
	{ "pass", do_pass }, { NULL, NULL },
};
