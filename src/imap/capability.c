/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/capability.h"
#include "src/imap/arg.h"

#define ID_LIST(...) (const enum imap_capability[]){ __VA_ARGS__ }
#define IMPLIES(...)                                                       \
	.implies = ID_LIST(__VA_ARGS__),                                   \
	.n_implies = sizeof(ID_LIST(__VA_ARGS__)) /                        \
		sizeof(enum imap_capability)

const struct imap_capability_row imap_capability_table[IMAP_N_CAPABILITIES] = {
#define CAPABILITY(id, name_, rfc_, ...) \
	[IMAP_CAP_##id] = { .name = name_, .rfc = rfc_, __VA_ARGS__ },
#include "src/imap/capability.def"
#undef CAPABILITY
};

void imap_capabilities_init(struct imap_capabilities *caps)
{
	*caps = (struct imap_capabilities){ 0 };
}

void imap_capabilities_release(struct imap_capabilities *caps)
{
	g_clear_pointer(&caps->unknown, g_ptr_array_unref);
}

void imap_capabilities_clear(struct imap_capabilities *caps)
{
	imap_capabilities_release(caps);
	imap_capabilities_init(caps);
}

/* The row of len octets of a name, all of it. */
static int find(const char *name, size_t len)
{
	int low = 0, high = IMAP_N_CAPABILITIES - 1;

	while (low <= high) {
		int middle = (low + high) / 2;
		const char *row = imap_capability_table[middle].name;
		int order = g_ascii_strncasecmp(name, row, len);

		if (order == 0 && row[len] != '\0')
			order = -1;
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1;
}

int imap_capability_from_name(const char *name)
{
	const char *value = strchr(name, '=');
	int cap = find(name, strlen(name));

	if (cap >= 0 || value == NULL)
		return cap;
	if (g_ascii_strncasecmp(name, "QUOTA=RES-", 10) == 0)
		return IMAP_CAP_QUOTA_RES;
	cap = find(name, (size_t)(value - name));
	return cap >= 0 && imap_capability_table[cap].has_value ? cap : -1;
}

static void add_unknown(struct imap_capabilities *caps, const char *name)
{
	if (caps->unknown == NULL)
		caps->unknown = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(caps->unknown, g_strdup(name));
}

void imap_capabilities_add(struct imap_capabilities *caps,
	enum imap_capability cap)
{
	const struct imap_capability_row *row = &imap_capability_table[cap];

	caps->bits[cap / 64] |= (uint64_t)1 << cap % 64;
	for (size_t i = 0; i < row->n_implies; i++)
		if (!imap_capabilities_has(caps, row->implies[i]))
			imap_capabilities_add(caps, row->implies[i]);
}

void imap_capabilities_remove(struct imap_capabilities *caps,
	enum imap_capability cap)
{
	caps->bits[cap / 64] &= ~((uint64_t)1 << cap % 64);
}

bool imap_capabilities_has(const struct imap_capabilities *caps,
	enum imap_capability cap)
{
	return (caps->bits[cap / 64] >> cap % 64 & 1) != 0;
}

void imap_capabilities_add_name(struct imap_capabilities *caps,
	const char *name)
{
	int cap = imap_capability_from_name(name);

	if (cap >= 0)
		imap_capabilities_add(caps, (enum imap_capability)cap);
	if (cap < 0 || imap_capability_table[cap].has_value)
		add_unknown(caps, name);
}

void imap_capabilities_set_args(struct imap_capabilities *caps,
	const struct imap_arg *args, size_t n)
{
	const char *name;

	imap_capabilities_clear(caps);
	for (size_t i = 0; i < n; i++)
		if (imap_arg_get_astring(&args[i], &name))
			imap_capabilities_add_name(caps, name);
}

void imap_capabilities_add_all(struct imap_capabilities *caps,
	const struct imap_capabilities *more)
{
	for (size_t i = 0; i < G_N_ELEMENTS(caps->bits); i++)
		caps->bits[i] |= more->bits[i];
	for (guint i = 0; more->unknown != NULL && i < more->unknown->len; i++)
		add_unknown(caps, more->unknown->pdata[i]);
}

void imap_capabilities_set_string(struct imap_capabilities *caps,
	const char *names)
{
	char **list = g_strsplit(names, " ", -1);

	imap_capabilities_clear(caps);
	for (char **name = list; *name != NULL; name++)
		if (**name != '\0')
			imap_capabilities_add_name(caps, *name);
	g_strfreev(list);
}

char *imap_capabilities_to_string(const struct imap_capabilities *caps)
{
	GString *text = g_string_new(NULL);

	for (int cap = 0; cap < IMAP_N_CAPABILITIES; cap++)
		if (imap_capabilities_has(caps, (enum imap_capability)cap))
			g_string_append_printf(text, "%s%s",
				text->len > 0 ? " " : "",
				imap_capability_table[cap].name);
	for (guint i = 0; caps->unknown != NULL && i < caps->unknown->len; i++)
		g_string_append_printf(text, " %s",
			(const char *)g_ptr_array_index(caps->unknown, i));
	return g_string_free(text, FALSE);
}

void imap_capabilities_remove_name(struct imap_capabilities *caps,
	const char *name)
{
	int cap = imap_capability_from_name(name);

	if (cap >= 0)
		imap_capabilities_remove(caps, (enum imap_capability)cap);
	for (guint i = caps->unknown != NULL ? caps->unknown->len : 0; i > 0;
		i--)
		if (g_ascii_strcasecmp(caps->unknown->pdata[i - 1], name) == 0)
			g_ptr_array_remove_index(caps->unknown, i - 1);
}

uint64_t imap_capabilities_number(const struct imap_capabilities *caps,
	enum imap_capability cap)
{
	const char *name = imap_capability_table[cap].name;
	size_t len = strlen(name);

	for (guint i = 0; caps->unknown != NULL && i < caps->unknown->len;
		i++) {
		const char *said = caps->unknown->pdata[i];

		if (g_ascii_strncasecmp(said, name, len) == 0 &&
			said[len] == '=')
			return g_ascii_strtoull(said + len + 1, NULL, 10);
	}
	return 0;
}
