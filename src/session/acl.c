/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/acl.h"
#include "src/base/arena.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/session-priv.h"

struct acl_request {
	struct session_request base;
	char *mailbox;
	char *identifier, *rights;  /* or NULL */
	session_my_rights_fn *my_rights; /* at most one of these three */
	session_acl_fn *acl;
	session_list_rights_fn *list_rights;
	session_done_fn *done;
	void *data;
};

static void acl_start(struct session_request *request)
{
	struct acl_request *acl = (struct acl_request *)request;
	struct imap_text *text;
	char *rights = NULL;

	if (!request_needs(request, IMAP_CAP_ACL))
		return;
	text = imap_text_new("%a %m", request->class->verb, acl->mailbox);
	if (acl->identifier != NULL)
		imap_text_append(text, " %s", acl->identifier);
	if (acl->rights != NULL) {
		rights = connection_has(request->connection, IMAP_CAP_RIGHTS) ?
			g_strdup(acl->rights) :
			imap_rights_to_old(acl->rights);
		imap_text_append(text, " %s", rights);
	}
	g_free(rights);
	request_send(request, text, 0);
}

static bool take_my_rights(struct acl_request *acl,
	const struct imap_response *response, bool utf8, struct arena *arena)
{
	struct imap_my_rights rights;

	if (!imap_my_rights_from_response(response, utf8, arena, &rights) ||
		strcmp(rights.mailbox, acl->mailbox) != 0)
		return false;
	acl->my_rights(&rights, acl->data);
	return true;
}

static bool take_acl(struct acl_request *acl,
	const struct imap_response *response, bool utf8, struct arena *arena)
{
	struct imap_acl list;

	if (!imap_acl_from_response(response, utf8, arena, &list) ||
		strcmp(list.mailbox, acl->mailbox) != 0)
		return false;
	acl->acl(&list, acl->data);
	return true;
}

static bool take_list_rights(struct acl_request *acl,
	const struct imap_response *response, bool utf8, struct arena *arena)
{
	struct imap_list_rights rights;

	if (!imap_list_rights_from_response(response, utf8, arena, &rights) ||
		strcmp(rights.mailbox, acl->mailbox) != 0 ||
		strcmp(rights.identifier, acl->identifier) != 0)
		return false;
	acl->list_rights(&rights, acl->data);
	return true;
}

/* Several of one kind may be in flight: each takes what names its mailbox. */
static bool acl_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct acl_request *acl = data;
	bool utf8 = connection_has_utf8_names(acl->base.connection),
	     is_ours = false;
	struct arena *arena;

	(void)command;
	if (response->kind != IMAP_RESPONSE_DATA)
		return false;
	arena = arena_new();
	if (acl->my_rights != NULL && strcmp(response->name, "MYRIGHTS") == 0)
		is_ours = take_my_rights(acl, response, utf8, arena);
	else if (acl->acl != NULL && strcmp(response->name, "ACL") == 0)
		is_ours = take_acl(acl, response, utf8, arena);
	else if (acl->list_rights != NULL &&
		strcmp(response->name, "LISTRIGHTS") == 0)
		is_ours = take_list_rights(acl, response, utf8, arena);
	arena_free(&arena);
	return is_ours;
}

static void acl_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct acl_request *acl = (struct acl_request *)request;

	if (acl->done != NULL)
		acl->done(result, acl->data);
}

static void acl_release(struct session_request *request)
{
	struct acl_request *acl = (struct acl_request *)request;

	g_free(acl->mailbox);
	g_free(acl->identifier);
	g_free(acl->rights);
}

#define ACL_CLASS(verb_, is_reading_) { \
	.verb = verb_, .is_reading = is_reading_, .start = acl_start, \
	.untagged = acl_untagged, .finish = acl_finish, \
	.release = acl_release }

static const struct request_class my_rights_class = ACL_CLASS("MYRIGHTS", true);
static const struct request_class acl_class = ACL_CLASS("GETACL", true);
static const struct request_class list_rights_class =
	ACL_CLASS("LISTRIGHTS", true);
static const struct request_class set_class = ACL_CLASS("SETACL", false);
static const struct request_class delete_class = ACL_CLASS("DELETEACL", false);

static struct acl_request *acl_request_new(struct session *session,
	const struct request_class *class, const char *mailbox,
	const char *identifier, session_done_fn *done, void *data)
{
	struct acl_request *request = (struct acl_request *)request_new(class,
		sizeof(*request), session, NULL, SESSION_INTERACTIVE);

	request->mailbox = g_strdup(mailbox);
	request->identifier = g_strdup(identifier);
	request->done = done;
	request->data = data;
	return request;
}

struct session_request *session_my_rights(struct session *session,
	const char *mailbox, session_my_rights_fn *rights,
	session_done_fn *done, void *data)
{
	struct acl_request *request = acl_request_new(session,
		&my_rights_class, mailbox, NULL, done, data);

	request->my_rights = rights;
	return &request->base;
}

struct session_request *session_acl(struct session *session,
	const char *mailbox, session_acl_fn *acl,
	session_done_fn *done, void *data)
{
	struct acl_request *request = acl_request_new(session, &acl_class,
		mailbox, NULL, done, data);

	request->acl = acl;
	return &request->base;
}

struct session_request *session_list_rights(struct session *session,
	const char *mailbox, const char *identifier,
	session_list_rights_fn *rights, session_done_fn *done, void *data)
{
	struct acl_request *request = acl_request_new(session,
		&list_rights_class, mailbox, identifier, done, data);

	request->list_rights = rights;
	return &request->base;
}

struct session_request *session_set_acl(struct session *session,
	const char *mailbox, const char *identifier, const char *rights,
	session_done_fn *done, void *data)
{
	struct acl_request *request = acl_request_new(session, &set_class,
		mailbox, identifier, done, data);

	request->rights = g_strdup(rights);
	return &request->base;
}

struct session_request *session_delete_acl(struct session *session,
	const char *mailbox, const char *identifier,
	session_done_fn *done, void *data)
{
	return &acl_request_new(session, &delete_class, mailbox, identifier,
		done, data)->base;
}
