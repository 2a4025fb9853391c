/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/probe.h"
#include "src/base/arena.h"
#include "src/cache/cache.h"
#include "src/mail/pattern-private.h"
#include "src/mail/pattern-scan.h"
#include "src/mail/private.h"

struct probe {
	struct mailbox *mailbox;
	struct pattern *pattern;
	struct pattern_answers *answers;
	struct imap_seqset tried; /* what the cache was asked for */
	struct arena *arena;
	bool is_reading;
	probe_done_fn *done;
	void *data;
};

struct probe *probe_new(struct mailbox *mailbox, const struct pattern *pattern)
{
	struct probe *probe = g_new0(struct probe, 1);

	probe->mailbox = mailbox_ref(mailbox);
	probe->pattern = pattern_ref(pattern);
	probe->answers = pattern_answers_new(pattern_root(pattern));
	probe->arena = arena_new();
	return probe;
}

void probe_free(struct probe **probep)
{
	struct probe *probe = *probep;

	if (probe == NULL)
		return;
	*probep = NULL;
	if (probe->is_reading)
		cache_forget(probe->mailbox->account->cache, probe);
	imap_seqset_release(&probe->tried);
	pattern_answers_free(&probe->answers);
	arena_free(&probe->arena);
	pattern_free(&probe->pattern);
	mailbox_unref(&probe->mailbox);
	g_free(probe);
}

enum probe_answer probe_ask(struct probe *probe, uint32_t pos,
	const struct imap_seqset *tagged)
{
	const struct pattern_scope scope = { .tagged = tagged,
		.answers = probe->answers };
	const struct table_record *record = table_at(probe->mailbox->table,
		pos);

	pattern_prepare(probe->pattern, probe->mailbox);
	switch (pattern_judge(probe->pattern, probe->mailbox, pos, &scope,
		probe->arena)) {
	case PATTERN_YES:
		return PROBE_YES;
	case PATTERN_NO:
		return PROBE_NO;
	case PATTERN_UNKNOWN:
		break;
	}
	return (record->bits & TABLE_HAS_FLAGS) != 0 &&
		(record->bits & TABLE_HAS_ROW) != 0 &&
		(record->bits & TABLE_IN_CACHE) != 0 &&
		!imap_seqset_has(&probe->tried, record->uid) ?
		PROBE_UNREAD : PROBE_MISSING;
}

static void on_read(void *scan, void *data)
{
	struct probe *probe = data;

	probe->is_reading = false;
	pattern_scan_tell(scan, probe->answers);
	probe->done(probe->data);
}

void probe_read(struct probe *probe, const struct imap_seqset *uids,
	probe_done_fn *done, void *data)
{
	struct mailbox *mailbox = probe->mailbox;

	probe->is_reading = true;
	probe->done = done;
	probe->data = data;
	imap_seqset_add_set(&probe->tried, uids);
	cache_scan(mailbox->account->cache, mailbox->name, uids,
		pattern_scan_read, pattern_scan_new(probe->pattern, mailbox),
		pattern_scan_free, on_read, probe);
}
