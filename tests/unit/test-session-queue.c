/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/queue.h"

static const char inbox[] = "inbox", other[] = "other";

static struct command *push(struct queue *queue, const char *text,
	unsigned flags, enum session_priority priority, const void *selection)
{
	struct command *command = command_new(imap_text_new("%a", text), text,
		flags, priority);

	command->selection = selection;
	queue_push(queue, command);
	return command;
}

/* The next that goes, or NULL; it gets a tag as if sent. */
static struct command *next(struct queue *queue)
{
	struct command *command = queue_next(queue);

	if (command != NULL)
		command->tag = g_strdup("A1");
	return command;
}

static void answer(struct queue *queue, struct command *command)
{
	const struct imap_result ok = { .outcome = IMAP_OUTCOME_OK };

	queue_remove(queue, command);
	command_end(&command, &ok);
}

static void finish(struct queue *queue)
{
	const struct imap_result gone = { .outcome =
		IMAP_OUTCOME_DISCONNECTED };
	struct command *command;

	while ((command = queue_pop(queue)) != NULL)
		command_end(&command, &gone);
	queue_release(queue);
}

static void test_priorities(void)
{
	struct queue queue;

	queue_init(&queue);
	struct command *prefetch = push(&queue, "P", 0, SESSION_PREFETCH, NULL);
	struct command *sync = push(&queue, "S", 0, SESSION_SYNC, NULL);
	struct command *first = push(&queue, "I", 0, SESSION_INTERACTIVE, NULL);
	struct command *second = push(&queue, "J", 0, SESSION_INTERACTIVE,
		NULL);

	g_assert_true(next(&queue) == first);
	g_assert_true(next(&queue) == second);
	g_assert_true(next(&queue) == sync);
	/* Prefetching keeps the flight short. */
	g_assert_null(next(&queue));
	answer(&queue, first);
	answer(&queue, second);
	g_assert_true(next(&queue) == prefetch);
	finish(&queue);
}

static void test_depth(void)
{
	struct queue queue;

	queue_init(&queue);
	for (int i = 0; i < QUEUE_DEPTH + 1; i++)
		push(&queue, "I", 0, SESSION_INTERACTIVE, NULL);
	for (int i = 0; i < QUEUE_DEPTH; i++)
		g_assert_nonnull(next(&queue));
	g_assert_null(next(&queue));
	finish(&queue);
}

static void test_barrier(void)
{
	struct queue queue;

	queue_init(&queue);
	struct command *before = push(&queue, "NOOP", 0, SESSION_INTERACTIVE,
		NULL);
	struct command *barrier = push(&queue, "IDLE", COMMAND_BARRIER,
		SESSION_INTERACTIVE, NULL);
	struct command *behind = push(&queue, "NOOP", 0, SESSION_INTERACTIVE,
		NULL);

	g_assert_true(next(&queue) == before);
	g_assert_null(next(&queue));
	answer(&queue, before);
	g_assert_true(next(&queue) == barrier);
	g_assert_null(next(&queue));
	answer(&queue, barrier);
	g_assert_true(next(&queue) == behind);
	finish(&queue);
}

/* AUTHENTICATE: nothing behind it, but it may follow. */
static void test_follows(void)
{
	struct queue queue;

	queue_init(&queue);
	struct command *before = push(&queue, "CAPABILITY", 0,
		SESSION_INTERACTIVE, NULL);
	struct command *barrier = push(&queue, "AUTHENTICATE",
		COMMAND_BARRIER | COMMAND_FOLLOWS, SESSION_INTERACTIVE, NULL);
	struct command *behind = push(&queue, "NOOP", 0, SESSION_INTERACTIVE,
		NULL);

	g_assert_true(next(&queue) == before);
	g_assert_true(next(&queue) == barrier);
	g_assert_null(next(&queue));
	answer(&queue, before);
	g_assert_null(next(&queue));
	answer(&queue, barrier);
	g_assert_true(next(&queue) == behind);
	finish(&queue);
}

/* RFC 9051 5.5 */
static void test_sequence_numbers(void)
{
	struct queue queue;

	queue_init(&queue);
	struct command *noop = push(&queue, "NOOP", 0, SESSION_INTERACTIVE,
		NULL);
	struct command *fetch = push(&queue, "FETCH", COMMAND_USES_MSN |
		COMMAND_KEEPS_MSN, SESSION_INTERACTIVE, NULL);
	struct command *again = push(&queue, "FETCH", COMMAND_USES_MSN |
		COMMAND_KEEPS_MSN, SESSION_INTERACTIVE, NULL);

	g_assert_true(next(&queue) == noop);
	g_assert_null(next(&queue));
	answer(&queue, noop);
	g_assert_true(next(&queue) == fetch);
	g_assert_true(next(&queue) == again);
	finish(&queue);
}

static void test_select(void)
{
	struct queue queue;

	queue_init(&queue);
	struct command *early = push(&queue, "UID FETCH", 0,
		SESSION_INTERACTIVE, inbox);

	g_assert_null(next(&queue));
	queue_cancel(&queue, NULL);
	(void)early;
	struct command *select = push(&queue, "SELECT", COMMAND_SELECTS,
		SESSION_INTERACTIVE, inbox);
	struct command *fetch = push(&queue, "UID FETCH", 0,
		SESSION_INTERACTIVE, inbox);
	struct command *away = push(&queue, "SELECT", COMMAND_SELECTS,
		SESSION_INTERACTIVE, other);

	g_assert_true(next(&queue) == select);
	g_assert_true(next(&queue) == fetch);
	/* Nobody could tell whose answers come, without CLOSED. */
	g_assert_null(next(&queue));
	queue.tells_closed = true;
	g_assert_true(next(&queue) == away);
	finish(&queue);
}

static void test_login_goes_first(void)
{
	struct queue queue;

	queue_init(&queue);
	queue.is_login = true;
	push(&queue, "LIST", 0, SESSION_INTERACTIVE, NULL);
	struct command *login = push(&queue, "LOGIN", COMMAND_LOGIN |
		COMMAND_BARRIER, SESSION_INTERACTIVE, NULL);

	g_assert_true(next(&queue) == login);
	g_assert_null(next(&queue));
	finish(&queue);
}

static void test_enable_and_names(void)
{
	struct queue queue;
	struct command *command;

	queue_init(&queue);
	push(&queue, "ENABLE", COMMAND_ENABLES, SESSION_INTERACTIVE, NULL);
	command = command_new(imap_text_new("STATUS %m", "INBOX"), "STATUS", 0,
		SESSION_INTERACTIVE);
	queue_push(&queue, command);
	command = command_new(imap_text_new("STATUS %m", "\xc3\xa9t\xc3\xa9"),
		"STATUS", 0, SESSION_INTERACTIVE);
	queue_push(&queue, command);
	struct command *enable = next(&queue);

	g_assert_nonnull(next(&queue));
	g_assert_null(next(&queue));
	answer(&queue, enable);
	g_assert_true(next(&queue) == command);
	finish(&queue);
}

static void test_literal_holds(void)
{
	struct queue queue;

	queue_init(&queue);
	struct command *append = push(&queue, "APPEND", 0,
		SESSION_INTERACTIVE, NULL);

	push(&queue, "NOOP", 0, SESSION_INTERACTIVE, NULL);
	g_assert_true(next(&queue) == append);
	queue.literal = append;
	g_assert_null(next(&queue));
	/* Refused: the others go on. */
	answer(&queue, append);
	g_assert_null(queue.literal);
	g_assert_nonnull(next(&queue));
	finish(&queue);
}

static void count(struct command *command, const struct imap_result *result,
	void *data)
{
	(void)command;
	(void)result;
	(*(int *)data)++;
}

static void test_cancel(void)
{
	struct queue queue;
	int n_ended = 0;

	queue_init(&queue);
	for (int i = 0; i < 3; i++) {
		struct command *command = push(&queue, "X", 0,
			SESSION_SYNC, NULL);

		command->owner = inbox;
		command->done = count;
		command->data = &n_ended;
	}
	struct command *sent = next(&queue);

	queue_cancel(&queue, inbox);
	g_assert_false(queue_has_queued(&queue));
	g_assert_true(queue_find(&queue, "A1") == sent);
	answer(&queue, sent);
	g_assert_cmpint(n_ended, ==, 0);
	finish(&queue);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session/queue/priorities", test_priorities);
	g_test_add_func("/session/queue/depth", test_depth);
	g_test_add_func("/session/queue/barrier", test_barrier);
	g_test_add_func("/session/queue/follows", test_follows);
	g_test_add_func("/session/queue/sequence-numbers",
		test_sequence_numbers);
	g_test_add_func("/session/queue/select", test_select);
	g_test_add_func("/session/queue/login-goes-first",
		test_login_goes_first);
	g_test_add_func("/session/queue/enable-and-names",
		test_enable_and_names);
	g_test_add_func("/session/queue/literal-holds", test_literal_holds);
	g_test_add_func("/session/queue/cancel", test_cancel);
	return g_test_run();
}
