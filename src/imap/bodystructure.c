/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree is built top down by recursion, which IMAP_BODY_DEPTH_MAX bounds.
 * Lenient with what is missing at the end of a part, and with fields of the
 * wrong kind: they are as if NIL.
 */
#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/arg.h"
#include "src/imap/envelope.h"

struct builder {
	struct arena *arena;
	size_t n_parts;
	const char *fault;
};

/* The items of a part that are not read yet. */
struct fields {
	const struct imap_arg *at;
	size_t n;
};

static struct imap_body *build(struct builder *builder,
	const struct imap_arg *arg, const struct imap_body *parent,
	const char *section, unsigned depth);

static const struct imap_arg *next_field(struct fields *fields)
{
	if (fields->n == 0)
		return NULL;
	fields->n--;
	return fields->at++;
}

static const char *next_string(struct builder *builder, struct fields *fields)
{
	const struct imap_arg *arg = next_field(fields);
	const char *str;

	if (arg == NULL || !imap_arg_get_nstring(arg, &str))
		return NULL;
	return arena_strdup(builder->arena, str);
}

static const char *lower(struct builder *builder, const char *str)
{
	char *copy = arena_strdup(builder->arena, str);

	for (char *p = copy; *p != '\0'; p++)
		*p = g_ascii_tolower(*p);
	return copy;
}

static const char *next_lower(struct builder *builder, struct fields *fields,
	const char *if_missing)
{
	const char *str = next_string(builder, fields);

	return str == NULL || *str == '\0' ? if_missing : lower(builder, str);
}

/* A number if the next field is one: some servers leave out the lines. */
static uint64_t next_number(struct fields *fields)
{
	uint64_t n = 0;

	if (fields->n > 0 && imap_arg_get_number64(fields->at, &n))
		next_field(fields);
	return n;
}

/* body-fld-param = "(" string SP string *(SP string SP string) ")" / nil */
static size_t get_params(struct builder *builder, const struct imap_arg *arg,
	const struct imap_param **params_out)
{
	const struct imap_arg *items;
	struct imap_param *params;
	size_t n, n_params = 0;

	if (arg == NULL || !imap_arg_get_list(arg, &items, &n) || n < 2)
		return 0;
	params = arena_new_array(builder->arena, struct imap_param, n / 2);
	for (size_t i = 0; i + 1 < n; i += 2) {
		const char *name, *value;

		if (!imap_arg_get_astring(&items[i], &name) ||
			!imap_arg_get_nstring(&items[i + 1], &value))
			continue;
		params[n_params].name = lower(builder, name);
		params[n_params++].value = arena_strdup(builder->arena,
			value == NULL ? "" : value);
	}
	*params_out = params;
	return n_params;
}

/* body-fld-dsp = "(" string SP body-fld-param ")" / nil */
static void get_disposition(struct builder *builder,
	const struct imap_arg *arg, struct imap_body *body)
{
	const struct imap_arg *items;
	const char *str;
	size_t n;

	if (arg == NULL)
		return;
	if (imap_arg_get_astring(arg, &str)) {
		body->disposition = lower(builder, str);
		return;
	}
	if (!imap_arg_get_list(arg, &items, &n) || n == 0 ||
		!imap_arg_get_astring(&items[0], &str))
		return;
	body->disposition = lower(builder, str);
	if (n > 1)
		body->n_disposition_params = get_params(builder, &items[1],
			&body->disposition_params);
}

/* body-fld-lang = nstring / "(" string *(SP string) ")"; the first. */
static const char *next_language(struct builder *builder, struct fields *fields)
{
	const struct imap_arg *arg = next_field(fields);
	const char *str;

	if (arg != NULL && arg->type == IMAP_ARG_LIST)
		arg = arg->n_items > 0 ? arg->items : NULL;
	if (arg == NULL || !imap_arg_get_nstring(arg, &str))
		return NULL;
	return arena_strdup(builder->arena, str);
}

/* [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc ...]]] */
static void get_extension(struct builder *builder, struct fields *fields,
	struct imap_body *body)
{
	get_disposition(builder, next_field(fields), body);
	body->language = next_language(builder, fields);
	body->location = next_string(builder, fields);
}

/* Parts beyond the limits are left out: the others can be read. */
static bool may_add(const struct builder *builder, unsigned depth)
{
	return depth < IMAP_BODY_DEPTH_MAX &&
		builder->n_parts < IMAP_BODY_PARTS_MAX;
}

static bool add_child(struct builder *builder, const struct imap_arg *arg,
	struct imap_body *body, const struct imap_body **children,
	const char *section, unsigned depth)
{
	const struct imap_body *child = build(builder, arg, body, section,
		depth + 1);

	if (child == NULL)
		return false;
	children[body->n_children++] = child;
	return true;
}

static const char *child_section(struct builder *builder, const char *section,
	size_t i)
{
	char *text = g_strdup_printf("%s%s%zu", section,
		*section == '\0' ? "" : ".", i + 1);
	const char *copy = arena_strdup(builder->arena, text);

	g_free(text);
	return copy;
}

/* body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart] */
static bool build_multipart(struct builder *builder, struct fields *fields,
	struct imap_body *body, unsigned depth)
{
	const struct imap_body **children;
	size_t n = 0;

	while (n < fields->n && fields->at[n].type == IMAP_ARG_LIST)
		n++;
	children = arena_new_array(builder->arena, const struct imap_body *,
		MIN(n, IMAP_BODY_PARTS_MAX));
	body->children = children;
	for (size_t i = 0; i < n; i++) {
		const struct imap_arg *arg = next_field(fields);

		if (may_add(builder, depth) &&
			!add_child(builder, arg, body, children,
			child_section(builder, body->section, i), depth))
			return false;
	}
	body->type = "multipart";
	body->subtype = next_lower(builder, fields, "mixed");
	body->encoding = "7bit";
	body->n_params = get_params(builder, next_field(fields), &body->params);
	get_extension(builder, fields, body);
	return true;
}

/* media-message, unless a server sends it like any other part. */
static bool is_message(const struct imap_body *body,
	const struct fields *fields)
{
	uint64_t lines;

	if (strcmp(body->type, "message") != 0 ||
		(strcmp(body->subtype, "rfc822") != 0 &&
			strcmp(body->subtype, "global") != 0) || fields->n < 2)
		return false;
	if (fields->at[1].type != IMAP_ARG_LIST || fields->at[1].n_items == 0)
		return false;
	return fields->at[0].type == IMAP_ARG_LIST ||
		(fields->n > 2 && imap_arg_get_number64(&fields->at[2],
			&lines));
}

static bool is_multipart(const struct imap_arg *arg)
{
	return arg->n_items > 0 && arg->items[0].type == IMAP_ARG_LIST;
}

/* envelope SP body SP body-fld-lines. A multipart has its message's number. */
static bool build_message(struct builder *builder, struct fields *fields,
	struct imap_body *body, unsigned depth)
{
	struct imap_envelope *envelope = arena_new_struct(builder->arena,
		struct imap_envelope);
	const struct imap_body **children = arena_new_array(builder->arena,
		const struct imap_body *, 1);
	const struct imap_arg *arg;

	/* An envelope that is none leaves all of its fields NULL. */
	imap_envelope_from_arg(next_field(fields), builder->arena, envelope);
	body->envelope = envelope;
	body->children = children;
	arg = next_field(fields);
	if (may_add(builder, depth) &&
		!add_child(builder, arg, body, children, is_multipart(arg) ?
		body->section : child_section(builder, body->section, 0),
			depth))
		return false;
	body->lines = next_number(fields);
	return true;
}

/* body-type-1part = (body-type-basic / body-type-msg / body-type-text)
 *                   [SP body-ext-1part] */
static bool build_part(struct builder *builder, struct fields *fields,
	struct imap_body *body, unsigned depth)
{
	body->type = next_lower(builder, fields, "application");
	body->subtype = next_lower(builder, fields, "octet-stream");
	body->n_params = get_params(builder, next_field(fields), &body->params);
	body->id = next_string(builder, fields);
	body->description = next_string(builder, fields);
	body->encoding = next_lower(builder, fields, "7bit");
	body->size = next_number(fields);
	/* "NIL" for a size that the server does not know */
	if (fields->n > 0 && body->size == 0 && imap_arg_is_nil(fields->at) &&
		fields->n > 1 && strcmp(body->type, "text") == 0 &&
		fields->at[1].type == IMAP_ARG_ATOM)
		next_field(fields);
	if (is_message(body, fields)) {
		if (!build_message(builder, fields, body, depth))
			return false;
	} else if (strcmp(body->type, "text") == 0) {
		body->lines = next_number(fields);
	}
	body->md5 = next_string(builder, fields);
	get_extension(builder, fields, body);
	return true;
}

static struct imap_body *build(struct builder *builder,
	const struct imap_arg *arg, const struct imap_body *parent,
	const char *section, unsigned depth)
{
	struct imap_body *body;
	struct fields fields = { arg->items, arg->n_items };
	bool ok;

	if (arg->type != IMAP_ARG_LIST || arg->n_items == 0)
		builder->fault = "a part is no list";
	if (builder->fault != NULL)
		return NULL;
	builder->n_parts++;
	body = arena_new_struct(builder->arena, struct imap_body);
	body->section = section;
	body->parent = parent;
	if (is_multipart(arg))
		ok = build_multipart(builder, &fields, body, depth);
	else
		ok = build_part(builder, &fields, body, depth);
	return ok ? body : NULL;
}

const struct imap_body *imap_body_from_arg(const struct imap_arg *arg,
	struct arena *arena, GError **error)
{
	struct builder builder = { .arena = arena };
	const struct imap_body *root = build(&builder, arg, NULL,
		is_multipart(arg) ? "" : "1", 1);

	if (root == NULL)
		g_set_error(error, IMAP_ERROR, IMAP_ERROR_SYNTAX,
			"cannot use the body structure: %s", builder.fault);
	return root;
}

static const char *find_param(const struct imap_param *params, size_t n,
	const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(params[i].name, name) == 0)
			return params[i].value;
	return NULL;
}

const char *imap_body_param(const struct imap_body *body, const char *name)
{
	return find_param(body->params, body->n_params, name);
}

const char *imap_body_disposition_param(const struct imap_body *body,
	const char *name)
{
	return find_param(body->disposition_params, body->n_disposition_params,
		name);
}

const struct imap_body *imap_body_find(const struct imap_body *root,
	const char *section)
{
	const struct imap_body *body = NULL;

	while ((body = imap_body_next(root, body)) != NULL)
		if (strcmp(body->section, section) == 0)
			return body;
	return NULL;
}

static const struct imap_body *next_sibling(const struct imap_body *body)
{
	const struct imap_body *parent = body->parent;

	for (size_t i = 0; i + 1 < parent->n_children; i++)
		if (parent->children[i] == body)
			return parent->children[i + 1];
	return NULL;
}

const struct imap_body *imap_body_next(const struct imap_body *root,
	const struct imap_body *prev)
{
	if (prev == NULL)
		return root;
	if (prev->n_children > 0)
		return prev->children[0];
	for (; prev != root && prev->parent != NULL; prev = prev->parent) {
		const struct imap_body *next = next_sibling(prev);

		if (next != NULL)
			return next;
	}
	return NULL;
}
