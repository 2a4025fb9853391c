/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/harness/scene.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/harness/imap.h"

enum { PAGES = 7, KEYS = 200, KEY_PAUSE_MS = 15, TURN = 15, POLL_MS = 3,
	UNANSWERED_MS = 5000 };

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* --- opening -------------------------------------------------------------- */

/* The newest screen, then all else; what that took. */
static void open_mailbox(const struct setup *setup, const char *name)
{
	struct visit visit;
	double first;

	visit_start(&visit, setup);
	first = visit_first_screen(&visit);
	visit_print(&visit, name, "first", first);
	visit_print(&visit, name, "first_cpu", visit.list_cpu);
	visit_print(&visit, name, "first_in", (double)(visit.list_in -
		visit.before.in));
	if (first != VISIT_LATE)
		visit_print(&visit, name, "all", visit_quiet(&visit));
	visit_print_memory(&visit, name);
	visit_print_wire(&visit, name);
	visit_end(&visit, name);
}

static void scene_cold(const struct setup *setup)
{
	open_mailbox(setup, "cold");
}

static void scene_warm(const struct setup *setup)
{
	open_mailbox(setup, "warm");
}

/* A thousand flags and a hundred messages less, spread over the mailbox. */
static void change_elsewhere(const struct setup *setup)
{
	struct imap *imap = imap_open(setup->port, setup->user, setup->password);
	unsigned step = MAX(setup->count / 1000, 1);
	GString *flagged = g_string_new("UID STORE ");
	GString *gone = g_string_new("UID STORE ");

	for (unsigned i = 0; i < 1000; i++)
		g_string_append_printf(flagged, "%s%u", i > 0 ? "," : "",
			i * step + 1);
	for (unsigned i = 0; i < 100; i++)
		g_string_append_printf(gone, "%s%u", i > 0 ? "," : "",
			i * 9 * step + step / 2 + 1);
	g_string_append(flagged, " +FLAGS.SILENT (\\Flagged)");
	g_string_append(gone, " +FLAGS.SILENT (\\Deleted)");
	imap_command(imap, "SELECT INBOX");
	imap_command(imap, flagged->str);
	imap_command(imap, gone->str);
	imap_command(imap, "EXPUNGE");
	imap_close(&imap);
	g_string_free(flagged, TRUE);
	g_string_free(gone, TRUE);
}

static void scene_changed(const struct setup *setup)
{
	change_elsewhere(setup);
	open_mailbox(setup, "changed");
}

/* The list while the server takes connections and says nothing. */
static void scene_silent(const struct setup *setup)
{
	struct setup patient = *setup;
	struct visit visit;

	patient.limit_ms = MIN(setup->limit_ms, UNANSWERED_MS);
	kill(setup->proxy, SIGSTOP);
	visit_start(&visit, &patient);
	visit_print(&visit, "silent", "first", visit_first_screen(&visit));
	kill(setup->proxy, SIGCONT);
	visit_end(&visit, "silent");
}

/* The same while it refuses them; the caller has ended the proxy. */
static void scene_refused(const struct setup *setup)
{
	struct setup patient = *setup;
	struct visit visit;

	patient.limit_ms = MIN(setup->limit_ms, UNANSWERED_MS);
	visit_start(&visit, &patient);
	visit_print(&visit, "refused", "first", visit_first_screen(&visit));
	visit_end(&visit, "refused");
}

/* --- moving --------------------------------------------------------------- */

static bool start_in_sync(struct visit *visit, const struct setup *setup)
{
	visit_start(visit, setup);
	if (visit_first_screen(visit) == VISIT_LATE)
		return false;
	visit_quiet(visit);
	return true;
}

static void turn_pages(struct visit *visit)
{
	double ms[PAGES];

	for (int i = 0; i < PAGES; i++)
		ms[i] = visit_list_change(visit, visit->client->older);
	qsort(ms, PAGES, sizeof(*ms), compare);
	visit_print(visit, "move", "page", ms[PAGES / 2]);
	visit_print(visit, "move", "oldest",
		visit_list_change(visit, visit->client->oldest));
}

/* Of a message that nobody has read yet, and again. */
static void read_messages(struct visit *visit)
{
	const struct client *client = visit->client;

	visit_print(visit, "move", "open", visit_text(visit, client->open, false));
	visit_pass(visit, 300);
	visit_print(visit, "move", "next", visit_text(visit, client->next, true));
	visit_pass(visit, 300);
	visit_list_change(visit, client->back);
	visit_print(visit, "move", "open_again",
		visit_text(visit, client->open, false));
	visit_pass(visit, 300);
	visit_list_change(visit, client->back);
}

static void scene_move(const struct setup *setup)
{
	struct visit visit;

	if (start_in_sync(&visit, setup)) {
		turn_pages(&visit);
		read_messages(&visit);
		visit_print(&visit, "move", "newest",
			visit_list_change(&visit, setup->client->newest));
		visit_print_memory(&visit, "move");
	}
	visit_end(&visit, "move");
}

/* --- deleting ------------------------------------------------------------- */

/* What looks at the server while the screen is waited for. */
struct watch {
	const struct setup *setup;
	struct imap *imap;
	unsigned wanted;
	int64_t start_us;
	double ms;
};

/* Until the server has no more messages than wanted. */
static void *watch_server(void *data)
{
	struct watch *watch = data;
	unsigned limit_ms = watch->setup->limit_ms;

	while (imap_messages(watch->imap) > watch->wanted &&
			watch->ms < limit_ms) {
		g_usleep(POLL_MS * 1000);
		watch->ms = (double)(g_get_monotonic_time() -
			watch->start_us) / 1000;
	}
	if (watch->ms >= limit_ms)
		watch->ms = VISIT_LATE;
	return NULL;
}

static void delete_and_watch(struct visit *visit, const char *name,
	const char *keys, struct watch *watch)
{
	GThread *thread;

	visit_count_anew(visit);
	watch->start_us = g_get_monotonic_time();
	thread = g_thread_new("watch", watch_server, watch);
	visit_print(visit, name, "screen", visit_list_change(visit, keys));
	g_thread_join(thread);
	visit_print(visit, name, "server", watch->ms);
	visit_quiet(visit);
	visit_print_wire(visit, name);
	visit_print_memory(visit, name);
}

static void delete_by(const struct setup *setup, const char *name,
	const char *keys, unsigned n)
{
	struct imap *imap = imap_open(setup->port, setup->user, setup->password);
	char *typed = g_strconcat(keys, setup->client->sync, NULL);
	struct watch watch = { .setup = setup, .imap = imap,
		.wanted = setup->count - n };
	struct visit visit;

	if (start_in_sync(&visit, setup))
		delete_and_watch(&visit, name, typed, &watch);
	visit_end(&visit, name);
	imap_close(&imap);
	g_free(typed);
}

static void scene_delete(const struct setup *setup)
{
	if (setup->client->delete_one != NULL)
		delete_by(setup, "delete", setup->client->delete_one, 1);
}

static void scene_delete_rare(const struct setup *setup)
{
	if (setup->client->delete_rare != NULL && setup->count >= 10000)
		delete_by(setup, "delete_rare", setup->client->delete_rare, 1000);
}

static void scene_delete_row(const struct setup *setup)
{
	if (setup->client->delete_row != NULL && setup->count >= 100000)
		delete_by(setup, "delete_row", setup->client->delete_row, 50000);
}

/* --- all messages --------------------------------------------------------- */

static void scene_order(const struct setup *setup)
{
	const struct client *client = setup->client;
	const struct {
		const char *what, *keys;
	} orders[] = {
		{ "sort", client->sort },
		{ "thread", client->thread },
		{ "limit", client->limit },
	};
	struct visit visit;

	if (start_in_sync(&visit, setup)) {
		for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
			if (orders[i].keys == NULL)
				continue;
			visit_print(&visit, "order", orders[i].what,
				visit_list_change(&visit, orders[i].keys));
			visit_pass(&visit, 500);
		}
		visit_print_memory(&visit, "order");
	}
	visit_end(&visit, "order");
}

/* --- keys ----------------------------------------------------------------- */

/* The cursor up and down; p50, p99 and max of the time until that shows. */
static void type_keys(struct visit *visit, const char *name)
{
	double ms[KEYS];
	int n;

	for (n = 0; n < KEYS; n++) {
		bool is_up = n / TURN % 2 == visit->client->newest_is_first;

		ms[n] = visit_cursor(visit, is_up ? visit->client->up :
			visit->client->down);
		if (ms[n] == VISIT_LATE) {
			visit_print(visit, name, "p50", VISIT_LATE);
			visit_print(visit, name, "p99", VISIT_LATE);
			visit_print(visit, name, "max", VISIT_LATE);
			return;
		}
		visit_pass(visit, KEY_PAUSE_MS);
	}
	qsort(ms, KEYS, sizeof(*ms), compare);
	visit_print(visit, name, "p50", ms[KEYS / 2]);
	visit_print(visit, name, "p99", ms[KEYS * 99 / 100]);
	visit_print(visit, name, "max", ms[KEYS - 1]);
}

/* While nothing comes from the server any more. */
static void scene_keys_stopped(const struct setup *setup)
{
	struct setup patient = *setup;
	struct visit visit;

	patient.limit_ms = MIN(setup->limit_ms, UNANSWERED_MS);
	if (start_in_sync(&visit, setup)) {
		visit.setup = &patient;
		kill(setup->proxy, SIGSTOP);
		type_keys(&visit, "keys_stopped");
		kill(setup->proxy, SIGCONT);
	}
	visit_end(&visit, "keys_stopped");
}

/* From the first screen on, while all else is fetched. */
static void scene_keys_sync(const struct setup *setup)
{
	struct visit visit;

	visit_start(&visit, setup);
	if (visit_first_screen(&visit) != VISIT_LATE)
		type_keys(&visit, "keys_sync");
	visit_end(&visit, "keys_sync");
}

static const struct scene scenes[] = {
	{ "cold", scene_cold },
	{ "warm", scene_warm },
	{ "changed", scene_changed },
	{ "silent", scene_silent },
	{ "refused", scene_refused },
	{ "move", scene_move },
	{ "delete", scene_delete },
	{ "delete_rare", scene_delete_rare },
	{ "delete_row", scene_delete_row },
	{ "order", scene_order },
	{ "keys_stopped", scene_keys_stopped },
	{ "keys_sync", scene_keys_sync },
};

const struct scene *scene_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scenes); i++)
		if (strcmp(scenes[i].name, name) == 0)
			return &scenes[i];
	return NULL;
}
