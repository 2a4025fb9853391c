/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A load asks the cache, then the server when there is a selection to ask; it
 * waits for one while the mailbox is being opened. Structures do not come with
 * the answer but as data of a row, so loads of them are kept in a list that
 * sync.c's data passes by.
 */
#include "src/base/base.h"
#include "src/mail/load.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/imap/bodystructure.h"
#include "src/mail/advice.h"
#include "src/mail/private.h"
#include "src/mime/text.h"

struct load {
	struct mailbox *mailbox; /* NULL: gone */
	uint32_t uid;
	char *section;           /* NULL: the structure */
	char *encoding;          /* to be undone; NULL: it is wanted as it is */
	bool is_binary;          /* the server is asked to do so */
	bool is_full;            /* max octets are here: no more is wanted */
	uint64_t size, max;
	load_body_fn *body_done;
	load_section_fn *section_done;
	load_progress_fn *progress;
	void *data;
	bool is_cancelled, asks_cache, is_sent;
	struct session_request *request;
	GByteArray *octets;
};

static GPtrArray *loads; /* of struct load *, all that are under way */

static struct load *load_new(struct mailbox *mailbox, uint32_t uid, void *data)
{
	struct load *load = g_new0(struct load, 1);

	load->mailbox = mailbox;
	load->uid = uid;
	load->data = data;
	if (loads == NULL)
		loads = g_ptr_array_new();
	g_ptr_array_add(loads, load);
	return load;
}

static void load_free(struct load *load)
{
	g_ptr_array_remove(loads, load);
	if (loads->len == 0)
		g_clear_pointer(&loads, g_ptr_array_unref);
	if (load->octets != NULL)
		g_byte_array_unref(load->octets);
	g_free(load->section);
	g_free(load->encoding);
	g_free(load);
}

static void finish_body(struct load *load, const struct imap_body *body,
	const GError *error)
{
	load_body_fn *done = load->is_cancelled ? NULL : load->body_done;
	void *data = load->data;

	if (load->is_sent) {
		/* The request's end frees it. */
		load->is_cancelled = true;
	} else {
		load_free(load);
	}
	if (done != NULL)
		done(body, error, data);
}

static GError *load_error(const struct load *load, const struct imap_result *result)
{
	const char *text = result->text != NULL ? result->text : "";
	char *refusal;
	GError *error;

	if (result->outcome == IMAP_OUTCOME_DISCONNECTED)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"cannot load message %u: %s", load->uid, text[0] != '\0' ?
			text : "the connection was lost");
	if (result->outcome == IMAP_OUTCOME_CANCELLED)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED,
			"cannot load message %u: cancelled", load->uid);
	if (result->outcome == IMAP_OUTCOME_OK && load->mailbox != NULL &&
		mailbox_find_uid(load->mailbox, load->uid) != UINT32_MAX)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
			"cannot load message %u: what the server tells of it "
			"cannot be used", load->uid);
	if (result->outcome == IMAP_OUTCOME_OK || text[0] == '\0')
		return g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"message %u is not there any more", load->uid);
	refusal = advice_refusal(result);
	error = g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
		"cannot load message %u: %s", load->uid, refusal);
	g_free(refusal);
	return error;
}

static void on_body_fetched(const struct imap_result *result, void *data)
{
	struct load *load = data;
	GError *error = NULL;

	load->is_sent = false;
	if (load->is_cancelled || load->mailbox == NULL) {
		load_free(load);
		return;
	}
	error = load_error(load, result);
	finish_body(load, NULL, error);
	g_error_free(error);
}

void load_offer(struct mailbox *mailbox, const struct imap_fetch *fetch)
{
	if (fetch->body == NULL || loads == NULL)
		return;
	for (guint i = loads->len; loads != NULL && i > 0; i--) {
		struct load *load;

		if (i > loads->len)
			continue;
		load = loads->pdata[i - 1];
		if (load->mailbox == mailbox && load->uid == fetch->uid &&
			load->section == NULL && !load->is_cancelled &&
			!load->asks_cache)
			finish_body(load, fetch->body, NULL);
	}
}

/* base64 has 4 octets for 3, and 2 of 78 end a line. */
static uint64_t load_encoded_size(const struct load *load)
{
	uint64_t n = load->octets->len;

	return load->is_binary &&
		g_ascii_strcasecmp(load->encoding, "base64") == 0 ?
		n / 76 * 104 + n % 76 * 104 / 76 : n;
}

static void on_octets(uint32_t uid, const char *octets, size_t len, void *data)
{
	struct load *load = data;

	(void)uid;
	if (load->is_cancelled || load->is_full)
		return;
	len = MIN(len, load->max - load->octets->len);
	g_byte_array_append(load->octets, (const guint8 *)octets, (guint)len);
	if (load->progress != NULL)
		load->progress(load_encoded_size(load), load->data);
	load->is_full = load->octets->len == load->max;
	if (load->is_full)
		session_cancel(&load->request);
}

static void finish_section(struct load *load, GBytes *octets, const GError *error)
{
	load_section_fn *done = load->section_done;
	void *data = load->data;

	load_free(load);
	done(octets, error, data);
}

/* Decoded octets have a place of their own in the cache. */
static char *cache_key(const struct load *load)
{
	return load->encoding == NULL ? g_strdup(load->section) :
		g_strdup_printf("BINARY[%s]", load->section);
}

/* The server could not, or made nothing of it. */
static bool needs_raw(const struct load *load, const struct imap_result *result)
{
	return load->is_binary && (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD ||
		(result->outcome == IMAP_OUTCOME_OK &&
		load->octets->len == 0 && load->size > 0));
}

static GBytes *take_octets(struct load *load)
{
	GByteArray *octets = g_steal_pointer(&load->octets), *decoded;

	if (load->encoding == NULL || load->is_binary)
		return g_byte_array_free_to_bytes(octets);
	decoded = mime_transfer_decode(load->encoding,
		octets->data != NULL ? (const char *)octets->data : "",
		octets->len);
	g_byte_array_unref(octets);
	return g_byte_array_free_to_bytes(decoded);
}

static void send(struct load *load);

static void keep_octets(const struct load *load, GBytes *octets)
{
	char *key = cache_key(load);

	if (!load->is_full)
		cache_put_body(load->mailbox->account->cache,
			load->mailbox->name, load->mailbox->uid_validity,
			load->uid, key, octets);
	g_free(key);
}

static void on_section_fetched(const struct imap_result *result, void *data)
{
	struct load *load = data;
	GError *error = NULL;
	GBytes *octets;

	load->is_sent = false;
	if (load->is_cancelled || load->mailbox == NULL) {
		load_free(load);
		return;
	}
	if (needs_raw(load, result)) {
		load->is_binary = false;
		g_clear_pointer(&load->octets, g_byte_array_unref);
		send(load);
		return;
	}
	if (result->outcome != IMAP_OUTCOME_OK && !load->is_full) {
		error = load_error(load, result);
		finish_section(load, NULL, error);
		g_error_free(error);
		return;
	}
	octets = take_octets(load);
	keep_octets(load, octets);
	finish_section(load, octets, NULL);
	g_bytes_unref(octets);
}

static void give_up(struct load *load)
{
	GError *error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
		"cannot load message %u: %s", load->uid,
		load->mailbox->state == MAILBOX_GONE ? load->mailbox->state_text :
		account_state_text(load->mailbox->account));

	if (load->section == NULL)
		finish_body(load, NULL, error);
	else
		finish_section(load, NULL, error);
	g_error_free(error);
}

static void send_section(struct load *load)
{
	struct selection *selection = load->mailbox->selection;

	load->octets = g_byte_array_new();
	if (load->is_binary)
		load->request = selection_fetch_binary(selection, load->uid,
			load->section, load->size, SESSION_INTERACTIVE,
			on_octets, on_section_fetched, load);
	else
		load->request = selection_fetch_section(selection, load->uid,
			load->section, load->size, SESSION_INTERACTIVE,
			on_octets, on_section_fetched, load);
}

/* Asks the server, if there is one to ask. */
static void send(struct load *load)
{
	struct mailbox *mailbox = load->mailbox;
	struct imap_seqset uids;

	if (load->is_sent || load->asks_cache)
		return;
	if (account_gave_up(mailbox->account) || mailbox->state == MAILBOX_GONE) {
		give_up(load);
		return;
	}
	if (mailbox->selection == NULL)
		return;
	load->is_sent = true;
	if (load->section != NULL) {
		send_section(load);
		return;
	}
	imap_seqset_init(&uids);
	imap_seqset_add(&uids, load->uid);
	load->request = selection_fetch(mailbox->selection, &uids,
		IMAP_FETCH_BODYSTRUCTURE, SESSION_INTERACTIVE, on_body_fetched,
		load);
	imap_seqset_release(&uids);
}

static void on_cached_message(struct cache_page *page_take, void *data)
{
	struct load *load = data;
	const struct imap_body *body = page_take != NULL && page_take->n > 0 ?
		page_take->messages[0].fetch.body : NULL;

	load->asks_cache = false;
	if (body != NULL)
		finish_body(load, body, NULL);
	else
		send(load);
	cache_page_free(&page_take);
}

static void on_cached_section(GBytes *octets, void *data)
{
	struct load *load = data;

	load->asks_cache = false;
	if (octets != NULL)
		finish_section(load, octets, NULL);
	else
		send(load);
}

struct load *load_body(struct mailbox *mailbox, uint32_t uid,
	load_body_fn *done, void *data)
{
	struct load *load = load_new(mailbox, uid, data);
	struct imap_seqset uids;

	load->body_done = done;
	load->asks_cache = true;
	imap_seqset_init(&uids);
	imap_seqset_add(&uids, uid);
	cache_load_messages(mailbox->account->cache, mailbox->name, &uids, 1,
		on_cached_message, load);
	imap_seqset_release(&uids);
	return load;
}

static bool has_encoding(const struct imap_body *body, const char *name)
{
	return g_ascii_strcasecmp(body->encoding, name) == 0;
}

bool load_wants_binary(const struct mailbox *mailbox,
	const struct imap_body *body)
{
	const struct session *session = account_session(mailbox->account);

	return session != NULL && session_has(session, IMAP_CAP_BINARY) &&
		body->n_children == 0 && (has_encoding(body, "base64") ||
		has_encoding(body, "quoted-printable"));
}

static void ask_cache(struct load *load)
{
	struct mailbox *mailbox = load->mailbox;
	char *key = cache_key(load);

	load->asks_cache = true;
	cache_load_body(mailbox->account->cache, mailbox->name,
		mailbox->uid_validity, load->uid, key, on_cached_section, load);
	g_free(key);
}

struct load *load_section(struct mailbox *mailbox, uint32_t uid,
	const char *section, uint64_t size, uint64_t max,
	load_section_fn *done, load_progress_fn *progress, void *data)
{
	struct load *load = load_new(mailbox, uid, data);

	load->section = g_strdup(section);
	load->size = MIN(size, max);
	load->max = max;
	load->section_done = done;
	load->progress = progress;
	ask_cache(load);
	return load;
}

struct load *load_part(struct mailbox *mailbox, uint32_t uid,
	const struct imap_body *body, uint64_t max,
	load_section_fn *done, load_progress_fn *progress, void *data)
{
	struct load *load = load_new(mailbox, uid, data);

	load->section = g_strdup(body->section);
	if (!has_encoding(body, "7bit") && !has_encoding(body, "8bit") &&
		!has_encoding(body, "binary"))
		load->encoding = g_strdup(body->encoding);
	load->is_binary = load_wants_binary(mailbox, body);
	load->size = MIN(body->size, max);
	load->max = max;
	load->section_done = done;
	load->progress = progress;
	ask_cache(load);
	return load;
}

void load_cancel(struct load **loadp)
{
	struct load *load = *loadp;

	if (load == NULL)
		return;
	*loadp = NULL;
	if (load->asks_cache)
		cache_forget(load->mailbox->account->cache, load);
	if (!load->is_sent) {
		load_free(load);
		return;
	}
	load->is_cancelled = true;
	if (load->request != NULL)
		session_cancel(&load->request);
}

void load_forget(struct mailbox *mailbox, void *data)
{
	for (guint i = loads == NULL ? 0 : loads->len; i > 0; i--) {
		struct load *load = loads->pdata[i - 1];

		if (load->mailbox == mailbox && load->data == data &&
			!load->is_cancelled)
			load_cancel(&load);
		if (loads == NULL)
			break;
	}
}

void load_retry(struct mailbox *mailbox)
{
	GPtrArray *ours;

	if (loads == NULL)
		return;
	ours = g_ptr_array_new();
	for (guint i = 0; i < loads->len; i++)
		if (((struct load *)loads->pdata[i])->mailbox == mailbox)
			g_ptr_array_add(ours, loads->pdata[i]);
	for (guint i = 0; i < ours->len; i++)
		if (loads != NULL && g_ptr_array_find(loads, ours->pdata[i], NULL))
			send(ours->pdata[i]);
	g_ptr_array_free(ours, TRUE);
}

void load_orphan(struct mailbox *mailbox)
{
	for (guint i = loads == NULL ? 0 : loads->len; i > 0; i--) {
		struct load *load = loads->pdata[i - 1];

		if (load->mailbox != mailbox)
			continue;
		if (load->asks_cache)
			cache_forget(mailbox->account->cache, load);
		if (load->is_sent) {
			load->mailbox = NULL;
			load->is_cancelled = true;
		} else {
			load_free(load);
		}
		if (loads == NULL)
			break;
	}
}
