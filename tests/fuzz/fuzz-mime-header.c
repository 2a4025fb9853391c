/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header fields, dates and names: whatever comes in, one line of UTF-8 comes out. */
#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/imap/envelope.h"
#include "src/mime/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(char *text_take)
{
	if (text_take == NULL)
		return;
	g_assert_true(g_utf8_validate(text_take, -1, NULL));
	g_assert_null(strpbrk(text_take, "\r\n"));
	g_free(text_take);
}

static void check_fields(const uint8_t *data, size_t size)
{
	GPtrArray *fields = mime_header_fields((const char *)data, size);

	for (guint i = 0; i < fields->len; i++) {
		const struct mime_field *field = fields->pdata[i];

		g_assert_true(g_utf8_validate(field->name, -1, NULL));
		g_assert_true(g_utf8_validate(field->value, -1, NULL));
		g_assert_null(strpbrk(field->value, "\r\n"));
	}
	g_ptr_array_free(fields, TRUE);
}

static void check_names(const char *raw)
{
	const struct imap_param params[] = {
		{ "filename*0*", raw }, { "filename*1", raw }, { "name", raw },
	};
	const struct imap_body body = {
		.disposition_params = params, .n_disposition_params = 2,
		.params = params + 2, .n_params = 1,
	};
	const struct imap_address items[] = {
		{ raw, raw, raw }, { NULL, raw, NULL }, { NULL, raw, "x" },
		{ NULL, NULL, NULL },
	};
	const struct imap_addresses addresses = { items, G_N_ELEMENTS(items) };
	char *safe = mime_safe_filename(raw);

	g_assert_cmpuint(strlen(safe), >, 0);
	g_assert_cmpuint(strlen(safe), <=, 200);
	g_assert_null(strpbrk(safe, "/\\\033"));
	check_line(safe);
	check_line(mime_part_filename(&body));
	check_line(mime_addresses_format(&addresses));
	check_line(mime_address_name(&items[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *raw = g_strndup((const char *)data, size), *text;
	char **ids = mime_message_ids(raw);
	int64_t seconds;
	int offset;

	check_fields(data, size);
	check_names(raw);
	text = mime_header_decode(raw);
	g_assert_nonnull(mime_subject_base(text));
	check_line(text);
	mime_date_parse(raw, &seconds, &offset);
	for (char **id = ids; *id != NULL; id++)
		g_assert_true(g_utf8_validate(*id, -1, NULL));
	g_strfreev(ids);
	g_free(raw);
	return 0;
}
