/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server of an account has, what is used of it, and why not. */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/imap/capability.h"
#include "src/mail/private.h"
#include "src/net/connect.h"
#include "src/net/sasl.h"

static bool is_named(const struct account *account, const char *name)
{
	const char *const *disabled = account->options->imap_disable;

	for (size_t i = 0; disabled != NULL && disabled[i] != NULL; i++)
		if (g_ascii_strcasecmp(disabled[i], name) == 0)
			return true;
	return false;
}

/* Options of their own that leave an extension unused; NULL: they do not. */
static const char *switched_off(const struct account *account,
	enum imap_capability cap)
{
	const struct options *options = account->options;
	bool is_near = options->tunnel == NULL && account->host != NULL &&
		connect_host_is_loopback(account->host);

	if (cap == IMAP_CAP_IDLE && !options->imap_idle)
		return "imap_idle is off";
	if (cap == IMAP_CAP_UIDONLY && !options->imap_uidonly)
		return "imap_uidonly is off: it would forbid sequence numbers";
	if (cap != IMAP_CAP_COMPRESS_DEFLATE)
		return NULL;
	if (options->imap_compress == SESSION_COMPRESS_NO)
		return "imap_compress is off";
	return options->imap_compress == SESSION_COMPRESS_AUTO && is_near ?
		"imap_compress leaves out servers on this computer" : NULL;
}

static void tell_better(const struct imap_capability_row *row,
	account_capability_fn *fn, void *data)
{
	char *why = g_strdup_printf("%s does it",
		imap_capability_table[row->better].name);

	fn(row->name, row->rfc, ACCOUNT_CAP_AVAILABLE, why, data);
	g_free(why);
}

static void tell_row(const struct account *account, enum imap_capability cap,
	const struct imap_capabilities *all, account_capability_fn *fn,
	void *data)
{
	const struct imap_capability_row *row = &imap_capability_table[cap];
	bool is_offered = imap_capabilities_has(all, cap);
	const char *off = switched_off(account, cap);

	if (is_named(account, row->name))
		fn(row->name, row->rfc, ACCOUNT_CAP_DISABLED,
			"imap_disable names it", data);
	else if (!is_offered)
		fn(row->name, row->rfc, ACCOUNT_CAP_NOT_OFFERED,
			row->without != NULL ? row->without : row->unused,
			data);
	else if (row->without == NULL)
		fn(row->name, row->rfc, ACCOUNT_CAP_AVAILABLE, row->unused,
			data);
	else if (row->has_better && imap_capabilities_has(all, row->better) &&
		!is_named(account, imap_capability_table[row->better].name))
		tell_better(row, fn, data);
	else if (off != NULL)
		fn(row->name, row->rfc, ACCOUNT_CAP_DISABLED, off, data);
	else
		fn(row->name, row->rfc, ACCOUNT_CAP_USED, row->summary, data);
}

/* --- signing in ----------------------------------------------------------- */

/* Why a mechanism was not taken for the log-in; used: the one that was. */
static char *why_not_mechanism(const struct account *account, const char *name,
	const char *used)
{
	const char *const *wanted = account->options->auth;

	if (sasl_mechanism_find(name) == NULL)
		return g_strdup("this version does not know this mechanism");
	if (wanted != NULL && wanted[0] != NULL &&
		!g_strv_contains(wanted, name))
		return g_strdup("auth does not name it");
	if (used != NULL && g_str_has_suffix(name, "-PLUS") &&
		!g_str_has_suffix(used, "-PLUS"))
		return g_strdup_printf("no channel binding that both know; "
			"%s was used", used);
	return used != NULL ? g_strdup_printf("%s was used", used) :
		g_strdup("the server knew who we are");
}

static void tell_mechanism(const struct account *account,
	const char *capability, account_capability_fn *fn, void *data)
{
	const char *name = capability + strlen("AUTH=");
	const char *used = session_mechanism(account->session);
	char *why;

	if (used != NULL && g_ascii_strcasecmp(name, used) == 0) {
		fn(capability, 0, ACCOUNT_CAP_USED, "the log-in", data);
		return;
	}
	why = why_not_mechanism(account, name, used);
	fn(capability, 0, ACCOUNT_CAP_AVAILABLE, why, data);
	g_free(why);
}

/* A name that no row has: a mechanism, or news to this version. Names with a
 * value have their row. */
static void tell_unknown(const struct account *account, const char *name,
	account_capability_fn *fn, void *data)
{
	if (imap_capability_from_name(name) >= 0)
		return;
	if (g_ascii_strncasecmp(name, "AUTH=", 5) == 0)
		tell_mechanism(account, name, fn, data);
	else
		fn(name, 0, ACCOUNT_CAP_AVAILABLE, "not known to this version",
			data);
}

/* Whether it is among the first n. */
static bool has_name(const GPtrArray *names, guint n, const char *name)
{
	for (guint i = 0; i < n; i++)
		if (g_ascii_strcasecmp(names->pdata[i], name) == 0)
			return true;
	return false;
}

/* Most servers name no mechanisms any more after the log-in. */
static void tell_used_mechanism(const struct account *account,
	const GPtrArray *names, account_capability_fn *fn, void *data)
{
	const char *used = account->session != NULL ?
		session_mechanism(account->session) : NULL;
	char *name;

	if (used == NULL)
		return;
	name = g_strconcat("AUTH=", used, NULL);
	if (names == NULL || !has_name(names, names->len, name))
		fn(name, 0, ACCOUNT_CAP_USED, "the log-in", data);
	g_free(name);
}

static void tell_disabled_mechanisms(const struct account *account,
	account_capability_fn *fn, void *data)
{
	const char *const *disabled = account->options->imap_disable;

	for (size_t i = 0; disabled != NULL && disabled[i] != NULL; i++)
		if (g_ascii_strncasecmp(disabled[i], "AUTH=", 5) == 0)
			fn(disabled[i], 0, ACCOUNT_CAP_DISABLED,
				"imap_disable names it", data);
}

/* Names that no row has, once each: Courier says some twice. */
static void tell_unknowns(const struct account *account,
	const GPtrArray *names, account_capability_fn *fn, void *data)
{
	for (guint i = 0; names != NULL && i < names->len; i++)
		if (!has_name(names, i, names->pdata[i]))
			tell_unknown(account, names->pdata[i], fn, data);
}

static void add_mechanisms(struct imap_capabilities *caps,
	const GPtrArray *names)
{
	for (guint i = 0; names != NULL && i < names->len; i++)
		if (g_ascii_strncasecmp(names->pdata[i], "AUTH=", 5) == 0)
			imap_capabilities_add_name(caps, names->pdata[i]);
}

/* All that the connection was told: what is about logging in counts as it was
 * before that, whatever is announced later. */
static void collect(const struct account *account,
	struct imap_capabilities *all)
{
	const struct imap_capabilities *login =
		session_login_capabilities(account->session);

	imap_capabilities_add_all(all, session_capabilities(account->session));
	for (int i = 0; i < IMAP_N_CAPABILITIES; i++) {
		enum imap_capability cap = (enum imap_capability)i;

		if (!imap_capability_table[cap].is_login)
			continue;
		if (imap_capabilities_has(login, cap))
			imap_capabilities_add(all, cap);
		else
			imap_capabilities_remove(all, cap);
	}
	add_mechanisms(all, login->unknown);
}

void account_each_capability(const struct account *account,
	account_capability_fn *fn, void *data)
{
	struct imap_capabilities all;

	imap_capabilities_init(&all);
	if (account->session != NULL)
		collect(account, &all);
	for (int i = 0; i < IMAP_N_CAPABILITIES; i++) {
		enum imap_capability cap = (enum imap_capability)i;

		tell_row(account, cap, &all, fn, data);
	}
	tell_unknowns(account, all.unknown, fn, data);
	tell_used_mechanism(account, all.unknown, fn, data);
	tell_disabled_mechanisms(account, fn, data);
	imap_capabilities_release(&all);
}
