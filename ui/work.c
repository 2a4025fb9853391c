/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that takes its time. See work.h. */
#include "src/base/base.h"
#include "ui/work.h"

#include "ui/screen.h"

struct work {
	struct work *older;
	char *label;
	uint64_t had, wanted;
	work_cancel_fn *cancel;
	void *data;
	bool is_cancelled; /* has been asked to end */
};

static struct work *newest;

struct work *work_begin(const char *label, work_cancel_fn *cancel, void *data)
{
	struct work *work = g_new0(struct work, 1);

	work->label = g_strdup(label);
	work->cancel = cancel;
	work->data = data;
	work->older = newest;
	newest = work;
	return work;
}

void work_progress(struct work *work, uint64_t had, uint64_t wanted)
{
	if (!work || (work->had == had && work->wanted == wanted))
		return;
	work->had = had;
	work->wanted = wanted;
	screen_damage_frame();
}

void work_end(struct work **work)
{
	struct work **link = &newest;

	if (!*work)
		return;
	while (*link != *work)
		link = &(*link)->older;
	*link = (*work)->older;
	if ((*work)->wanted > 0)
		screen_damage_frame();
	g_free((*work)->label);
	g_free(*work);
	*work = NULL;
}

static struct work *find_cancellable(void)
{
	struct work *work = newest;

	while (work && (work->is_cancelled || !work->cancel))
		work = work->older;
	return work;
}

bool work_can_cancel(void)
{
	return find_cancellable() != NULL;
}

char *work_cancel(void)
{
	struct work *work = find_cancellable();
	char *label;

	if (!work)
		return NULL;
	label = g_strdup(work->label);
	work->is_cancelled = true;
	work->cancel(work->data);
	return label;
}

bool work_shown(const char **label_out, uint64_t *had_out, uint64_t *wanted_out)
{
	const struct work *work = newest;

	while (work && (work->wanted == 0 || work->is_cancelled))
		work = work->older;
	if (!work)
		return false;
	*label_out = work->label;
	*had_out = work->had;
	*wanted_out = work->wanted;
	return true;
}
