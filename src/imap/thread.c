/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/thread.h"
#include "src/imap/arg.h"
#include "src/imap/parser.h"

/*
 * thread-list    = "(" (thread-members / thread-nested) ")"
 * thread-members = nz-number *(SP nz-number) [SP thread-nested]
 * thread-nested  = 2*thread-list
 *
 * Each number is the child of the one before it; lists are children of the
 * last number, or siblings where there is none. Lists nest no deeper than the
 * parser allows.
 */
static bool read_list(const struct imap_arg *list, uint32_t depth, size_t max,
	GArray *nodes)
{
	for (size_t i = 0; i < list->n_items; i++) {
		const struct imap_arg *arg = &list->items[i];
		struct imap_thread_node node = { .depth = depth };

		if (arg->type == IMAP_ARG_LIST) {
			if (!read_list(arg, depth, max, nodes))
				return false;
			continue;
		}
		if (nodes->len >= max ||
			!imap_arg_get_number(arg, &node.number) ||
			node.number == 0)
			return false;
		g_array_append_val(nodes, node);
		depth++;
	}
	return true;
}

bool imap_thread_from_response(const struct imap_response *response,
	size_t max, GArray *nodes)
{
	if (response->kind != IMAP_RESPONSE_DATA ||
		strcmp(response->name, "THREAD") != 0)
		return false;
	for (size_t i = 0; i < response->n_args; i++) {
		guint first = nodes->len;

		if (response->args[i].type != IMAP_ARG_LIST ||
			!read_list(&response->args[i], 0, max, nodes))
			return false;
		if (first < nodes->len)
			g_array_index(nodes, struct imap_thread_node,
				first).begins_thread = true;
	}
	return true;
}
