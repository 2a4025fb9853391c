/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/section.h"
#include "src/imap/fetch.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

enum {
	CHUNK_FIRST = 64 * 1024,
	CHUNK_MIN = 16 * 1024,
	CHUNK_MAX = 256 * 1024,
	CHUNKS_PIPELINED = 2,
	SPOOL_MIN = 4096, /* smaller ones go through the tree */
};

struct section_request {
	struct session_request base;
	uint32_t uid;
	char *section;       /* upper case */
	bool is_binary;      /* BINARY, else BODY */
	uint64_t size;       /* 0: unknown */
	uint64_t asked;      /* octets asked for so far */
	uint64_t got;        /* octets told so far, in order */
	uint64_t asked_again; /* where that began a second time */
	uint64_t chunk;      /* size of the next; 0: nothing is measured yet */
	uint64_t chunk_got;  /* octets of the one that comes in */
	gint64 chunk_us;     /* since when it does */
	uint64_t spool_left; /* of the literal that streams by */
	uint64_t skip;       /* of what comes, told before a reconnect */
	bool has_data;       /* the server knows such a section */
	bool is_at_end;      /* a chunk was short */
	bool is_whole;       /* the server ignored the partial */
	selection_octets_fn *octets;
	session_done_fn *done;
	void *data;
};

static const struct request_class section_class;

/* The last one asks for more than is left: its short answer is the end, and
 * a size that was told wrong does no harm. */
static uint64_t next_chunk(const struct section_request *section)
{
	uint64_t left = section->size > section->asked ?
		section->size - section->asked : 0;

	if (section->asked == 0 && left != 0 && left <= CHUNK_FIRST)
		return CHUNK_MAX;
	return section->chunk != 0 ? section->chunk : CHUNK_FIRST;
}

/* From the first octet to the answer: the delay of the way is no matter of
 * size. The next chunk is what comes in the time that one may take. */
static void measure_chunk(struct section_request *section)
{
	gint64 took_ms = (g_get_monotonic_time() - section->chunk_us) / 1000;

	if (section->chunk_got == 0)
		return;
	section->chunk = CLAMP(section->chunk_got * session_timing.chunk_ms /
				       (uint64_t)MAX(took_ms, 1),
		CHUNK_MIN, CHUNK_MAX);
	section->chunk_got = 0;
}

/* Of a big one the size is asked for first of all: it lets the rest be
 * pipelined. */
static void ask_chunk(struct section_request *section, uint64_t chunk)
{
	struct imap_text *text = imap_text_new("UID FETCH %u (UID",
		section->uid);

	if (section->is_binary && section->size == 0 && section->asked == 0)
		imap_text_append(text, " BINARY.SIZE[%a]", section->section);
	imap_text_append(text, " %a.PEEK[%a]<%U.%U>)",
		section->is_binary ? "BINARY" : "BODY", section->section,
		section->asked, chunk);
	request_send(&section->base, text, 0);
	section->asked += chunk;
}

static void ask_more(struct section_request *section)
{
	struct session_request *request = &section->base;
	unsigned depth = section->size != 0 ? CHUNKS_PIPELINED : 1;

	while (!section->is_at_end && request->pending < depth &&
		(request->pending == 0 || section->asked < section->size))
		ask_chunk(section, next_chunk(section));
}

static void section_start(struct session_request *request)
{
	struct section_request *section = (struct section_request *)request;

	/* After a reconnect it goes on where it was. */
	section->asked = section->got;
	section->spool_left = section->skip = 0;
	section->chunk_got = 0;
	section->is_at_end = section->is_whole = false;
	ask_more(section);
}

static bool is_complete(const struct section_request *section)
{
	return section->is_at_end || section->is_whole;
}

/* Chunks that came in another order were not taken. */
static void ask_again(struct section_request *section)
{
	if (section->got >= section->asked)
		return;
	if (section->got == section->asked_again) {
		section->is_at_end = true;
		return;
	}
	section->asked = section->asked_again = section->got;
}

static void section_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct section_request *section = (struct section_request *)request;
	const struct imap_result none = {
		.outcome = IMAP_OUTCOME_NO,
		.text = "the message is gone, or has no such part",
	};

	(void)command;
	request_note(request, result);
	measure_chunk(section);
	if (request->worst == IMAP_OUTCOME_OK && !section->has_data)
		request_note(request, &none);
	if (request->worst == IMAP_OUTCOME_OK && !is_complete(section)) {
		if (request->pending == 0)
			ask_again(section);
		ask_more(section);
	}
	if (request->pending == 0)
		request_end(request, result);
}

static void section_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct section_request *section = (struct section_request *)request;

	if (section->done != NULL)
		section->done(result, section->data);
}

static void section_release(struct session_request *request)
{
	struct section_request *section = (struct section_request *)request;

	g_free(section->section);
}

static const struct request_class section_class = {
	.verb = "UID FETCH",
	.is_reading = true,
	.start = section_start,
	.answered = section_answered,
	.finish = section_finish,
	.release = section_release,
};

static struct section_request *section_new(struct selection *selection,
	uint32_t uid, const char *section, uint64_t size,
	enum session_priority priority, selection_octets_fn *octets,
	session_done_fn *done, void *data)
{
	struct section_request *s = (struct section_request *)request_new(
		&section_class, sizeof(*s), selection->session, selection,
		priority);

	s->uid = uid;
	s->section = g_ascii_strup(section, -1);
	s->size = size;
	s->octets = octets;
	s->done = done;
	s->data = data;
	return s;
}

struct session_request *selection_fetch_section(struct selection *selection,
	uint32_t uid, const char *section, uint64_t size,
	enum session_priority priority, selection_octets_fn *octets,
	session_done_fn *done, void *data)
{
	return &section_new(selection, uid, section, size, priority, octets,
		done, data)->base;
}

struct session_request *selection_fetch_binary(struct selection *selection,
	uint32_t uid, const char *section, uint64_t size,
	enum session_priority priority, selection_octets_fn *octets,
	session_done_fn *done, void *data)
{
	/* Decoded it is not longer; of a big one the server tells. */
	struct section_request *s = section_new(selection, uid, section,
		size > CHUNK_FIRST ? 0 : size, priority, octets, done, data);

	s->is_binary = true;
	return &s->base;
}

/* --- octets --------------------------------------------------------------- */

static void deliver(struct section_request *section, const char *octets,
	size_t len)
{
	size_t n_told = (size_t)MIN(section->skip, len);

	section->has_data = true;
	section->skip -= n_told;
	octets += n_told;
	len -= n_told;
	section->got += len;
	if (section->chunk_got == 0)
		section->chunk_us = g_get_monotonic_time();
	section->chunk_got += len;
	if (len > 0 && section->octets != NULL)
		section->octets(section->uid, octets, len, section->data);
}

/* The request that waits for this section from this octet on; uid 0: any. */
static struct section_request *find_request(const struct selection *selection,
	uint32_t uid, const struct imap_section *part)
{
	for (GList *l = selection->session->requests.head; l != NULL;
		l = l->next) {
		struct session_request *request = l->data;
		struct section_request *section = l->data;

		if (request->class != &section_class ||
			request->selection != selection ||
			request->pending == 0)
			continue;
		if ((uid == 0 || section->uid == uid) &&
			section->is_binary == part->is_binary &&
			g_ascii_strcasecmp(section->section,
				part->section) == 0 &&
			(part->is_size || !part->has_origin ||
			section->got == part->origin))
			return section;
	}
	return NULL;
}

/* The server takes no partials: this is all of it, from its first octet on. */
static void expect_whole(struct section_request *section)
{
	section->is_whole = true;
	section->skip = section->got;
}

static void take_one(struct selection *selection, uint32_t uid,
	const struct imap_section *part)
{
	struct section_request *section = find_request(selection, uid, part);

	if (section == NULL || part->is_spooled)
		return;
	if (part->is_size) {
		section->size = part->size;
		return;
	}
	if (!part->has_origin)
		expect_whole(section);
	/* NIL: no such part, or nothing behind the end (Courier). */
	if (part->data == NULL) {
		section->is_at_end = section->has_data;
		return;
	}
	if (section->got + part->len < section->asked &&
		section->base.pending <= 1)
		section->is_at_end = true;
	deliver(section, part->data, part->len);
}

void section_take(struct selection *selection, const struct imap_fetch *fetch)
{
	for (size_t i = 0; i < fetch->n_sections; i++)
		take_one(selection, fetch->uid, &fetch->sections[i]);
}

/* --- spooled: the line ends in BODY[section]<origin>, or BINARY ----------- */

struct spool_name {
	uint32_t msn, uid;
	struct imap_section part;
	char *section; /* of part */
};

static uint32_t uid_in(const char *line)
{
	const char *uid = strstr(line, "(UID ");

	if (uid == NULL)
		uid = strstr(line, " UID ");
	return uid == NULL ? 0 :
		(uint32_t)g_ascii_strtoull(uid + strlen(" UID "), NULL, 10);
}

/* Whether nothing but the literal's announcement follows: "BODY[" in a string
 * of an ENVELOPE before a long subject is a sender's, not the server's. */
static bool announces_literal(const char *text)
{
	return g_str_has_prefix(text, " {") || g_str_has_prefix(text, " ~{");
}

/* "* 12 FETCH" or "* 1200 UIDFETCH" (RFC 9586) */
static void read_number(const char *text, struct spool_name *name)
{
	char *end;
	uint32_t n;

	if (!g_str_has_prefix(text, "* "))
		return;
	n = (uint32_t)g_ascii_strtoull(text + 2, &end, 10);
	if (g_ascii_strncasecmp(end, " UIDFETCH ", 10) == 0)
		name->uid = n;
	else
		name->msn = n;
}

/* Behind the last "BODY[" or "BINARY[" of the line; NULL: there is none. */
static const char *find_section(const char *text, bool *is_binary_out)
{
	static const char *const names[] = { "BODY[", "BINARY[" };
	const char *open = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		for (const char *p = text; (p = strstr(p, names[i])) != NULL;
			p++)
			if (p > open) {
				open = p + strlen(names[i]);
				*is_binary_out = i == 1;
			}
	return open;
}

static bool read_name(const char *text, struct spool_name *name)
{
	struct imap_section *part = &name->part;
	const char *open, *close;
	char *end;

	memset(name, 0, sizeof(*name));
	open = find_section(text, &part->is_binary);
	if (open == NULL || (close = strchr(open, ']')) == NULL)
		return false;
	end = (char *)close + 1;
	part->has_origin = *end == '<';
	if (part->has_origin) {
		part->origin = (uint32_t)g_ascii_strtoull(end + 1, &end, 10);
		if (*end++ != '>')
			return false;
	}
	if (!announces_literal(end))
		return false;
	name->uid = uid_in(text);
	read_number(text, name);
	part->section = name->section =
		g_strndup(open, (gsize)(close - open));
	return true;
}

/* Which request the literal that begins is for; NULL: none, or unclear. */
static struct section_request *spool_target(struct connection *connection,
	const char *line, size_t line_len)
{
	struct selection *selection = connection->selection;
	struct section_request *section = NULL;
	struct spool_name name;

	if (selection == NULL || selection->step != SELECT_OPEN ||
		connection->awaits_closed)
		return NULL;
	char *text = g_strndup(line, line_len);

	if (read_name(text, &name)) {
		if (name.uid == 0 && name.msn != 0)
			name.uid = msnmap_uid(&selection->map, name.msn - 1);
		if (name.uid != 0)
			section = find_request(selection, name.uid, &name.part);
		g_free(name.section);
	}
	g_free(text);
	if (section != NULL && !name.part.has_origin)
		expect_whole(section);
	return section;
}

bool section_wants_spool(const char *line, size_t line_len, uint64_t size,
	void *data)
{
	struct connection *connection = data;
	struct section_request *section;

	if (size < SPOOL_MIN)
		return false;
	section = spool_target(connection, line, line_len);
	if (section == NULL)
		return false;
	if (section->got + size < section->asked && section->base.pending <= 1)
		section->is_at_end = true;
	section->spool_left = size;
	return true;
}

void section_spool(const char *octets, size_t len, void *data)
{
	struct connection *connection = data;

	if (connection->session == NULL)
		return;
	for (GList *l = connection->session->requests.head; l != NULL;
		l = l->next) {
		struct session_request *request = l->data;
		struct section_request *section = l->data;

		if (request->class != &section_class ||
			request->connection != connection ||
			section->spool_left == 0)
			continue;
		section->spool_left -= MIN(section->spool_left, len);
		deliver(section, octets, len);
		return;
	}
}
