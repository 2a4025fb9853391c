/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/order.h"
#include "src/imap/write.h"
#include "src/mail/find.h"
#include "src/mail/pattern.h"
#include "src/mail/private.h"
#include "src/mail/thread.h"
#include "src/session/search.h"

/* A set that is longer as text is not sent: all are sorted, and those that are
 * not in it left out. */
enum { SET_OCTETS_MAX = 6000 };

struct order {
	struct mailbox *mailbox;      /* a reference */
	struct find *find;
	struct imap_seqset found;
	struct session_request *request;
	bool is_freed;                /* when its request has ended */
	struct sort_keys keys;
	enum imap_capability algorithm;
	order_done_fn *sorted;        /* one of the two */
	order_threads_fn *threaded;
	void *data;
};

static void order_destroy(struct order *order)
{
	mailbox_forget(order->mailbox, order);
	find_free(&order->find);
	imap_seqset_release(&order->found);
	mailbox_unref(&order->mailbox);
	g_free(order);
}

void order_free(struct order **orderp)
{
	struct order *order = *orderp;
	struct session_request *request;

	if (order == NULL)
		return;
	*orderp = NULL;
	order->is_freed = true;
	find_free(&order->find);
	mailbox_forget(order->mailbox, order);
	request = order->request;
	if (request != NULL)
		session_cancel(&request);
	else
		order_destroy(order);
}

static void end(struct order *order, const GError *error, const GArray *result)
{
	if (order->sorted != NULL)
		order->sorted(error, result, order->data);
	else
		order->threaded(error, result, order->data);
	order_destroy(order);
}

/* By reference, where no algorithm is named. */
static enum imap_capability algorithm_of(const struct order *order)
{
	const struct session *session =
		account_session(order->mailbox->account);

	if (order->algorithm != IMAP_N_CAPABILITIES)
		return order->algorithm;
	return session != NULL && session_has(session, IMAP_CAP_THREAD_REFS) ?
		IMAP_CAP_THREAD_REFS : IMAP_CAP_THREAD_REFERENCES;
}

/* --- made here ----------------------------------------------------------- */

struct entry {
	uint32_t uid, pos;
	struct sort_value values[SORT_KEYS_MAX];
};

static int compare_entries(gconstpointer a, gconstpointer b, gpointer keys)
{
	const struct entry *left = a, *right = b;
	int order = sort_values_compare(keys, left->values, right->values);

	return order != 0 ? order : left->pos < right->pos ? -1 : 1;
}

static void clear_entry(gpointer entry)
{
	sort_values_release(((struct entry *)entry)->values);
}

static GArray *sort_entries(struct order *order)
{
	struct mailbox *mailbox = order->mailbox;
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));

	g_array_set_clear_func(entries, clear_entry);
	for (uint32_t pos = 0; pos < mailbox_length(mailbox); pos++) {
		struct entry entry = { .pos = pos };
		struct message_row row;

		entry.uid = mailbox_uid_at(mailbox, pos);
		if (!imap_seqset_has(&order->found, entry.uid))
			continue;
		mailbox_get_row(mailbox, pos, &row);
		sort_values_init(&order->keys, &row, entry.values);
		g_array_append_val(entries, entry);
	}
	g_array_sort_with_data(entries, compare_entries, &order->keys);
	return entries;
}

static GArray *sort_here(struct order *order)
{
	GArray *entries = sort_entries(order);
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < entries->len; i++)
		g_array_append_val(uids,
			g_array_index(entries, struct entry, i).uid);
	g_array_unref(entries);
	return uids;
}

/* In the order that the server's would have. */
static GArray *thread_here(struct order *order)
{
	const struct lineup_key aux = {
		.field = LINEUP_DATE,
		.is_last = algorithm_of(order) == IMAP_CAP_THREAD_REFS,
	};
	struct lineup *lineup = thread_lineup(order->mailbox, &aux,
		&order->found);
	GArray *nodes = g_array_sized_new(FALSE, FALSE,
		sizeof(struct imap_thread_node), lineup->n);

	for (uint32_t i = 0; i < lineup->n; i++) {
		const struct lineup_place *place = &lineup->places[i];
		struct imap_thread_node node = {
			.number = lineup->uids[i],
			.depth = place->depth,
			.begins_thread =
				(place->bits & LINEUP_BEGINS_THREAD) != 0,
		};

		g_array_append_val(nodes, node);
	}
	lineup_free(&lineup);
	return nodes;
}

static void on_all_loaded(const GError *error, void *data)
{
	struct order *order = data;
	GArray *result = error != NULL ? NULL : order->sorted != NULL ?
		sort_here(order) : thread_here(order);

	end(order, error, result);
	if (result != NULL)
		g_array_unref(result);
}

static void make_here(struct order *order)
{
	mailbox_load_all(order->mailbox, on_all_loaded, order);
}

/* --- made by the server -------------------------------------------------- */

/* True when the answer is of use, else the order goes on or is gone. */
static bool is_answered(struct order *order, const struct imap_result *result)
{
	order->request = NULL;
	if (order->is_freed) {
		order_destroy(order);
		return false;
	}
	if (result->outcome != IMAP_OUTCOME_OK)
		make_here(order);
	return result->outcome == IMAP_OUTCOME_OK;
}

static void on_sorted(const struct imap_result *result, const GArray *uids,
	void *data)
{
	struct order *order = data;
	GArray *kept;

	if (!is_answered(order, result))
		return;
	kept = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (guint i = 0; i < uids->len; i++)
		if (imap_seqset_has(&order->found,
			g_array_index(uids, uint32_t, i)))
			g_array_append_val(kept,
				g_array_index(uids, uint32_t, i));
	end(order, NULL, kept);
	g_array_unref(kept);
}

static void on_threaded(const struct imap_result *result, const GArray *nodes,
	void *data)
{
	struct order *order = data;
	GArray *kept;
	bool begins = false;

	if (!is_answered(order, result))
		return;
	kept = g_array_new(FALSE, FALSE, sizeof(struct imap_thread_node));
	for (guint i = 0; i < nodes->len; i++) {
		struct imap_thread_node node = g_array_index(nodes,
			struct imap_thread_node, i);

		/* A thread without its first message begins with the next. */
		begins |= node.begins_thread;
		if (!imap_seqset_has(&order->found, node.number))
			continue;
		node.begins_thread = begins;
		begins = false;
		g_array_append_val(kept, node);
	}
	end(order, NULL, kept);
	g_array_unref(kept);
}

static struct imap_text *criteria_of(const struct order *order)
{
	char *set = imap_seqset_to_string(&order->found);
	struct imap_text *text = strlen(set) > SET_OCTETS_MAX ?
		imap_text_new("ALL") : imap_text_new("UID %a", set);

	g_free(set);
	return text;
}

static bool can_sort(const struct order *order)
{
	const struct session *session =
		account_session(order->mailbox->account);

	return session_has(session, IMAP_CAP_SORT) &&
		(!sort_keys_need_display(&order->keys) ||
		session_has(session, IMAP_CAP_SORT_DISPLAY));
}

static void ask(struct order *order)
{
	struct selection *selection = order->mailbox->selection;
	char *keys;

	if (order->threaded != NULL &&
		session_has(account_session(order->mailbox->account),
			algorithm_of(order))) {
		order->request = selection_thread(selection,
			algorithm_of(order), criteria_of(order), on_threaded,
			order);
	} else if (order->sorted != NULL && can_sort(order)) {
		keys = sort_keys_to_server(&order->keys);
		order->request = selection_sort(selection, keys,
			criteria_of(order), on_sorted, order);
		g_free(keys);
	} else {
		make_here(order);
	}
}

static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	struct order *order = data;

	if (error != NULL) {
		end(order, error, NULL);
		return;
	}
	imap_seqset_copy(&order->found, uids);
	if (order->mailbox->selection == NULL ||
		imap_seqset_is_empty(&order->found))
		make_here(order);
	else
		ask(order);
}

static struct order *order_new(struct mailbox *mailbox,
	const struct pattern *pattern, void *data)
{
	struct order *order = g_new0(struct order, 1);

	order->mailbox = mailbox_ref(mailbox);
	order->data = data;
	imap_seqset_init(&order->found);
	order->find = find_start(mailbox, pattern, NULL, FIND_ASKS, on_found,
		order);
	return order;
}

struct order *order_sort(struct mailbox *mailbox, const struct sort_keys *keys,
	const struct pattern *pattern, order_done_fn *done, void *data)
{
	struct order *order = order_new(mailbox, pattern, data);

	order->keys = *keys;
	order->sorted = done;
	return order;
}

struct order *order_threads(struct mailbox *mailbox,
	enum imap_capability algorithm, const struct pattern *pattern,
	order_threads_fn *done, void *data)
{
	struct order *order = order_new(mailbox, pattern, data);

	order->algorithm = algorithm;
	order->threaded = done;
	return order;
}
