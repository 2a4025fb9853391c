/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server of an account has, what is used of it, and why not. */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/imap/capability.h"
#include "src/mail/private.h"

static bool is_named(const struct account *account, const char *name)
{
	const char *const *disabled = account->options->imap_disable;

	for (size_t i = 0; disabled != NULL && disabled[i] != NULL; i++)
		if (g_ascii_strcasecmp(disabled[i], name) == 0)
			return true;
	return false;
}

static bool wants_no_idle(const struct options *options)
{
	return !options->imap_idle;
}

static bool wants_numbers(const struct options *options)
{
	return !options->imap_uidonly;
}

/* Options of their own that leave an extension unused. */
static const struct {
	enum imap_capability cap;
	bool (*is_off)(const struct options *options);
	const char *why;
} switches[] = {
	{ IMAP_CAP_IDLE, wants_no_idle, "imap_idle is off" },
	{ IMAP_CAP_UIDONLY, wants_numbers,
	  "imap_uidonly is off: it would forbid sequence numbers" },
};

static const char *switched_off(const struct account *account,
	enum imap_capability cap)
{
	for (size_t i = 0; i < G_N_ELEMENTS(switches); i++)
		if (switches[i].cap == cap &&
			switches[i].is_off(account->options))
			return switches[i].why;
	return NULL;
}

static void tell_row(const struct account *account, enum imap_capability cap,
	bool is_offered, account_capability_fn *fn, void *data)
{
	const struct imap_capability_row *row = &imap_capability_table[cap];
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
	else if (off != NULL)
		fn(row->name, row->rfc, ACCOUNT_CAP_DISABLED, off, data);
	else
		fn(row->name, row->rfc, ACCOUNT_CAP_USED, row->summary, data);
}

/* A name that no row has: a mechanism, or news to this version. Names with a
 * value have their row. */
static void tell_unknown(const char *name, account_capability_fn *fn,
	void *data)
{
	if (imap_capability_from_name(name) >= 0)
		return;
	fn(name, 0, ACCOUNT_CAP_AVAILABLE, "not known to this version", data);
}

void account_each_capability(const struct account *account,
	account_capability_fn *fn, void *data)
{
	const struct imap_capabilities *caps = account->session == NULL ? NULL :
		session_capabilities(account->session);
	const GPtrArray *unknown = caps != NULL ? caps->unknown : NULL;

	for (int i = 0; i < IMAP_N_CAPABILITIES; i++) {
		enum imap_capability cap = (enum imap_capability)i;

		tell_row(account, cap, caps != NULL &&
			imap_capabilities_has(caps, cap), fn, data);
	}
	for (guint i = 0; unknown != NULL && i < unknown->len; i++)
		tell_unknown(unknown->pdata[i], fn, data);
}
