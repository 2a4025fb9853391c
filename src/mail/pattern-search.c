/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/pattern-search.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/session/session.h"

/* Of 8000 in a line (RFC 2683 3.2.1.5), for all of the criteria. */
enum { CRITERIA_OCTETS_MAX = 7000 };

/* Servers whose index knows whole words only, by what ID says. Dovecot has
 * such an index where it announces SEARCH=FUZZY. */
static const struct {
	const char *name;
	bool needs_fuzzy;
} word_servers[] = {
	{ "Dovecot", true },
	{ "GImap", false },
	{ "Yahoo", false },
	{ "Microsoft", false },
	{ "Zimbra", false },
};

static bool matches_words(const struct session *session)
{
	const char *id = session_server_id(session);

	if (session_has(session, IMAP_CAP_X_GM_EXT_1))
		return true;
	for (size_t i = 0; id != NULL && i < G_N_ELEMENTS(word_servers); i++)
		if (g_ascii_strncasecmp(id, word_servers[i].name,
			strlen(word_servers[i].name)) == 0)
			return !word_servers[i].needs_fuzzy ||
				session_has(session, IMAP_CAP_SEARCH_FUZZY);
	return false;
}

void pattern_server_init(struct pattern_server *server,
	const struct session *session)
{
	*server = (struct pattern_server){
		.now = g_get_real_time() / G_USEC_PER_SEC };
	if (session == NULL)
		return;
	server->capabilities = session_capabilities(session);
	server->matches_words = matches_words(session);
}

/* --- the tree ------------------------------------------------------------ */

static enum pattern_class term_search(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	return node->letter->search == NULL ? PATTERN_LOCAL :
		node->letter->search(node, server, out);
}

/* Those that say something, side by side. */
static enum pattern_class and_search(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	enum pattern_class class = PATTERN_EXACT;
	unsigned n = 0;

	imap_text_append(out, "(");
	for (guint i = 0; i < node->children->len; i++) {
		struct imap_text *child = imap_text_new(n > 0 ? " " : "");
		enum pattern_class one = pattern_node_search(
			node->children->pdata[i], server, child);

		if (one != PATTERN_EXACT)
			class = PATTERN_SUPERSET;
		if (one != PATTERN_LOCAL) {
			imap_text_append_text(out, child);
			n++;
		}
		imap_text_free(&child);
	}
	imap_text_append(out, ")");
	return n > 0 ? class : PATTERN_LOCAL;
}

/* or-key = "OR" SP search-key SP search-key, of the first and of the rest */
static enum pattern_class or_search(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	enum pattern_class class = PATTERN_EXACT, one;
	guint n = node->children->len;

	for (guint i = 0; i < n && class != PATTERN_LOCAL; i++) {
		if (i + 1 < n)
			imap_text_append(out, "OR ");
		one = pattern_node_search(node->children->pdata[i], server,
			out);
		class = MAX(class, one);
		if (i + 1 < n)
			imap_text_append(out, " ");
	}
	return class;
}

enum pattern_class pattern_node_search(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	struct imap_text *text = imap_text_new(node->is_negated ? "NOT " : "");
	enum pattern_class class = node->op == PATTERN_TERM ?
		term_search(node, server, text) : node->op == PATTERN_AND ?
		and_search(node, server, text) : or_search(node, server, text);

	if (node->is_negated && class == PATTERN_SUPERSET)
		class = PATTERN_LOCAL;
	if (class != PATTERN_LOCAL)
		imap_text_append_text(out, text);
	imap_text_free(&text);
	return class;
}

/* --- the plan ------------------------------------------------------------ */

/* All terms that only the server knows are joined by "and" up to the root. */
static bool are_anded(const struct pattern_node *node, bool is_anded)
{
	if ((node->needs & PATTERN_NEEDS_SERVER) == 0)
		return true;
	/* Of other messages nothing is anded. */
	if (node->op == PATTERN_TERM)
		return is_anded && pattern_n_children(node) == 0;
	is_anded = is_anded && node->op == PATTERN_AND && !node->is_negated;
	for (guint i = 0; i < node->children->len; i++)
		if (!are_anded(node->children->pdata[i], is_anded))
			return false;
	return true;
}

static void clear_term(gpointer term)
{
	imap_text_free(&((struct pattern_term *)term)->criteria);
}

/* The terms themselves, without their "!"; false with error if the server
 * cannot answer one. */
static bool collect(const struct pattern_node *node,
	const struct pattern_server *server, struct pattern_plan *plan,
	GError **error)
{
	struct pattern_term term = { .node = node };

	for (guint i = 0; i < pattern_n_children(node); i++)
		if (!collect(node->children->pdata[i], server, plan, error))
			return false;
	if (node->op != PATTERN_TERM ||
		(node->letter->needs & PATTERN_NEEDS_SERVER) == 0)
		return true;
	term.criteria = imap_text_new("");
	if (term_search(node, server, term.criteria) == PATTERN_EXACT) {
		g_array_append_val(plan->terms, term);
		plan->is_fuzzy |= pattern_server_is_fuzzy(server) &&
			node->letter->search == pattern_search_fuzzy;
		return true;
	}
	imap_text_free(&term.criteria);
	g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN, "~%c: %s",
		node->letter->row.letter, node->letter->lacks);
	return false;
}

static bool fits(const struct imap_text *criteria)
{
	return imap_text_line_length(criteria) <= CRITERIA_OCTETS_MAX;
}

static bool use_terms(struct pattern_plan *plan, GError **error)
{
	imap_text_free(&plan->criteria);
	for (guint i = 0; i < plan->terms->len; i++)
		if (!fits(g_array_index(plan->terms, struct pattern_term,
			i).criteria)) {
			g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN,
				"the pattern is too long for the server");
			return false;
		}
	plan->kind = plan->terms->len > 0 ? PLAN_TERMS : PLAN_LOCAL;
	return true;
}

bool pattern_plan_make(const struct pattern_node *node,
	const struct pattern_server *server, struct pattern_plan *plan_out,
	GError **error)
{
	enum pattern_class class;
	bool ok;

	*plan_out = (struct pattern_plan){ .criteria = imap_text_new(""),
		.terms = g_array_new(FALSE, FALSE,
			sizeof(struct pattern_term)) };
	g_array_set_clear_func(plan_out->terms, clear_term);
	ok = collect(node, server, plan_out, error);
	class = pattern_node_search(node, server, plan_out->criteria);
	if (ok && class == PATTERN_EXACT && fits(plan_out->criteria))
		plan_out->kind = PLAN_EXACT;
	else if (ok && class == PATTERN_SUPERSET &&
		fits(plan_out->criteria) && are_anded(node, true))
		plan_out->kind = PLAN_FILTER;
	else
		ok = ok && use_terms(plan_out, error);
	if (!ok)
		pattern_plan_release(plan_out);
	return ok;
}

void pattern_plan_release(struct pattern_plan *plan)
{
	imap_text_free(&plan->criteria);
	g_clear_pointer(&plan->terms, g_array_unref);
}
