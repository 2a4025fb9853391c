/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/quota.h"
#include "src/imap/quota.h"
#include "src/mail/asking.h"
#include "src/mail/private.h"
#include "src/mime/text.h"
#include "src/session/quota.h"

#include <inttypes.h>

enum {
	LOOK_AFTER_S = 15,   /* the first screen and what follows it go first */
	LOOK_EVERY_S = 3600,
	KNOWN_MAX = 256,     /* roots and resources of one account */
};

/* --- what is known of an account ------------------------------------------ */

struct quota_watch {
	GHashTable *percents; /* "ROOT RESOURCE" to percent */
	guint timer;
	bool has_warned;      /* since it was last below the bound */
	char *text;           /* last answer of account_quota_warning() */
};

static struct quota_watch *watch_of(struct account *account)
{
	if (account->quotas == NULL) {
		account->quotas = g_new0(struct quota_watch, 1);
		account->quotas->percents = g_hash_table_new_full(g_str_hash,
			g_str_equal, g_free, NULL);
	}
	return account->quotas;
}

void quota_watch_free(struct account *account)
{
	struct quota_watch *watch = account->quotas;

	account->quotas = NULL;
	if (watch == NULL)
		return;
	source_clear(&watch->timer);
	g_hash_table_unref(watch->percents);
	g_free(watch->text);
	g_free(watch);
}

unsigned quota_percent(const struct quota *quota)
{
	double percent;

	if (!quota->has_limit)
		return 0;
	/* A limit of 0 is reached by anything. */
	percent = quota->limit == 0 ? 100 :
		100.0 * (double)quota->used / (double)quota->limit;
	return percent > 1000 ? 1000 : (unsigned)percent;
}

static char *amount(const struct quota *quota, uint64_t n)
{
	if (quota->unit == 0)
		return g_strdup_printf("%" PRIu64, n);
	return mime_size_format(n > UINT64_MAX / quota->unit ? UINT64_MAX :
		n * quota->unit);
}

char *quota_to_string(const struct quota *quota)
{
	char *used = amount(quota, quota->used);
	char *limit = quota->has_limit ? amount(quota, quota->limit) : NULL;
	char *text = limit != NULL ? g_strdup_printf("%s of %s", used, limit) :
		g_strdup_printf("%s, no limit", used);

	g_free(limit);
	g_free(used);
	return text;
}

static const char *fullest(const struct quota_watch *watch, unsigned *percent)
{
	const char *name = NULL;
	GHashTableIter iter;
	gpointer key, value;

	*percent = 0;
	g_hash_table_iter_init(&iter, watch->percents);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if (name == NULL || GPOINTER_TO_UINT(value) > *percent) {
			name = strrchr(key, ' ') + 1;
			*percent = GPOINTER_TO_UINT(value);
		}
	return name;
}

const char *account_quota_warning(const struct account *account)
{
	struct quota_watch *watch = account->quotas;
	const char *resource;
	unsigned percent;

	if (watch == NULL)
		return NULL;
	resource = fullest(watch, &percent);
	if (resource == NULL || percent < QUOTA_WARN_PERCENT)
		return NULL;
	char *name = g_utf8_make_valid(resource, -1);
	char *lower = g_utf8_strdown(name, -1);

	g_free(watch->text);
	watch->text = g_strdup_printf("%s %u%% full", lower, percent);
	g_free(lower);
	g_free(name);
	return watch->text;
}

/* Once, when the bound is passed; the folder screen goes on showing it. */
static void warn(struct account *account)
{
	struct quota_watch *watch = watch_of(account);
	const char *text = account_quota_warning(account);

	if (text != NULL && !watch->has_warned)
		account_say(account, true,
			"%s; quota shows more", text);
	watch->has_warned = text != NULL;
}

static void remember(struct account *account, const struct quota *quota)
{
	struct quota_watch *watch = watch_of(account);
	char *key = g_strdup_printf("%s %s", quota->root, quota->resource);

	if (!quota->has_limit)
		g_hash_table_remove(watch->percents, key);
	else if (g_hash_table_size(watch->percents) < KNOWN_MAX ||
		g_hash_table_contains(watch->percents, key))
		g_hash_table_insert(watch->percents, g_strdup(key),
			GUINT_TO_POINTER(quota_percent(quota)));
	g_free(key);
}

static void each_resource(struct account *account,
	const struct imap_quota *from, quota_fn *fn, void *data)
{
	for (size_t i = 0; i < from->n_resources; i++) {
		const struct imap_quota_resource *resource =
			&from->resources[i];
		const struct quota quota = {
			.root = from->root,
			.resource = resource->name,
			.used = resource->used,
			.limit = resource->limit,
			.has_limit = resource->has_limit,
			.unit = imap_quota_unit(resource->name),
		};

		remember(account, &quota);
		if (fn != NULL)
			fn(&quota, data);
	}
	warn(account);
}

void quota_note(struct account *account, const struct imap_quota *quota)
{
	each_resource(account, quota, NULL, NULL);
	account_mailboxes_changed(account);
}

/* --- asking --------------------------------------------------------------- */

struct quota_asking {
	struct asking base;
	quota_fn *quota;
	quota_deleted_fn *deleted;
};

static void on_quota(const struct imap_quota *quota, void *data)
{
	struct quota_asking *asking = data;

	if (!mail.is_releasing)
		each_resource(asking->base.account, quota, asking->quota,
			asking->base.data);
}

static void on_status(const struct imap_status *status, void *data)
{
	struct quota_asking *asking = data;

	if (mail.is_releasing)
		return;
	asking->deleted(status->has_deleted ? (int64_t)status->deleted : -1,
		status->has_deleted_storage ?
		(int64_t)status->deleted_storage : -1, asking->base.data);
}

static void ask(struct account *account, const char *mailbox,
	enum session_priority priority, quota_fn *quota,
	quota_deleted_fn *deleted, account_done_fn *done, void *data)
{
	struct quota_asking *asking = asking_new(sizeof(*asking), account,
		"cannot tell the quota", done, data);

	asking->quota = quota;
	asking->deleted = deleted;
	if (asking_can_start(&asking->base, IMAP_CAP_QUOTA, "quotas"))
		session_quota(account->session, mailbox, priority, on_quota,
			deleted != NULL ? on_status : NULL, asking_answered,
			asking);
}

void quota_get(struct account *account, const char *mailbox, quota_fn *quota,
	quota_deleted_fn *deleted, account_done_fn *done, void *data)
{
	ask(account, mailbox, SESSION_INTERACTIVE, quota, deleted, done, data);
}

/* --- looking by itself ---------------------------------------------------- */

static void on_looked(const GError *error, void *data)
{
	if (error == NULL)
		account_mailboxes_changed(data);
}

static gboolean look(void *data)
{
	struct account *account = data;

	if (account->state == ACCOUNT_ONLINE &&
		session_has(account->session, IMAP_CAP_QUOTA))
		ask(account, "INBOX", SESSION_PREFETCH, NULL, NULL, on_looked,
			account);
	account->quotas->timer = g_timeout_add_seconds(LOOK_EVERY_S, look,
		account);
	return G_SOURCE_REMOVE;
}

void quota_account_online(struct account *account)
{
	struct quota_watch *watch = watch_of(account);

	/* Batch mode has nobody to warn. */
	if (!mail.batch && watch->timer == 0)
		watch->timer = g_timeout_add_seconds(LOOK_AFTER_S, look,
			account);
}
