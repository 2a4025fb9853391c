/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/quota.h"
#include "src/base/arena.h"
#include "src/imap/arg.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"

/* Of one response; RFC 9208 knows four resources. */
enum { RESOURCES_MAX = 64, ROOTS_MAX = 64 };

unsigned imap_quota_unit(const char *resource)
{
	return g_ascii_strcasecmp(resource, "STORAGE") == 0 ||
		g_ascii_strcasecmp(resource, "ANNOTATION-STORAGE") == 0 ?
		1024 : 0;
}

static char *upper(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *c = copy; *c != '\0'; c++)
		*c = g_ascii_toupper(*c);
	return copy;
}

/* quota-resource = resource-name SP resource-usage SP resource-limit. Some
 * servers write a limit that is no number where there is none. */
static bool get_resource(const struct imap_arg *args, struct arena *arena,
	struct imap_quota_resource *resource_out)
{
	const char *name;

	if (!imap_arg_get_astring(&args[0], &name) ||
		!imap_arg_get_number64(&args[1], &resource_out->used))
		return false;
	resource_out->name = upper(arena, name);
	resource_out->has_limit = imap_arg_get_number64(&args[2],
		&resource_out->limit);
	return true;
}

/* quota-response = "QUOTA" SP quota-root-name SP quota-list. Courier leaves
 * out the list of a root without limits. */
bool imap_quota_from_response(const struct imap_response *response,
	struct arena *arena, struct imap_quota *quota_out)
{
	struct imap_quota_resource *resources;
	const struct imap_arg *items = NULL;
	size_t n = 0;

	*quota_out = (struct imap_quota){ 0 };
	if (response->n_args < 1 ||
		!imap_arg_get_astring(&response->args[0], &quota_out->root) ||
		(response->n_args > 1 &&
		!imap_arg_get_list(&response->args[1], &items, &n)))
		return false;
	n = MIN(n / 3, (size_t)RESOURCES_MAX);
	resources = arena_new_array(arena, struct imap_quota_resource, n + 1);
	for (size_t i = 0; i < n; i++)
		if (get_resource(&items[3 * i], arena,
			&resources[quota_out->n_resources]))
			quota_out->n_resources++;
	quota_out->resources = resources;
	return true;
}

/* quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name) */
bool imap_quota_roots_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_quota_roots *roots_out)
{
	const char **roots;
	size_t n;

	*roots_out = (struct imap_quota_roots){ 0 };
	if (response->n_args < 1)
		return false;
	roots_out->mailbox = imap_mailbox_from_arg(&response->args[0], utf8,
		arena);
	n = MIN(response->n_args - 1, (size_t)ROOTS_MAX);
	roots = arena_new_array(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (imap_arg_get_astring(&response->args[i + 1],
			&roots[roots_out->n_roots]))
			roots_out->n_roots++;
	roots_out->roots = roots;
	return roots_out->mailbox != NULL;
}
