/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mime/text.h"

struct transfer_case {
	const char *encoding, *encoded, *decoded;
};

static const struct transfer_case cases[] = {
	{ "base64", "", "" },
	{ "base64", "aGVsbG8=", "hello" },
	{ "BASE64", "aGVsbG8=\r\n", "hello" },
	{ "base64", "aGVs\r\nbG8=", "hello" },
	{ "base64", "aG!V*s bG-8=", "hello" },
	{ "base64", "aGVsbG8", "hello" },
	{ "base64", "aGVsbG8=aGVsbG8=", "hellohello" },
	{ "base64", "====", "" },
	{ "base64", "a", "" },
	{ "quoted-printable", "a=3Db", "a=b" },
	{ "quoted-printable", "a=3db", "a=b" },
	{ "quoted-printable", "a=\r\nb", "ab" },
	{ "quoted-printable", "a=\nb", "ab" },
	{ "quoted-printable", "a= \t\r\nb", "ab" },
	{ "quoted-printable", "a  \r\nb \n", "a\r\nb\n" },
	{ "quoted-printable", "a =\r\n b", "a  b" },
	{ "quoted-printable", "a=20\r\nb", "a \r\nb" },
	{ "quoted-printable", "a=XYb", "a=XYb" },
	{ "quoted-printable", "a=4", "a=4" },
	{ "quoted-printable", "a=4Gb", "a=4Gb" },
	{ "quoted-printable", "a==3Db", "a==b" },
	{ "quoted-printable", "a= b", "a= b" },
	{ "quoted-printable", "a=", "a" },
	{ "quoted-printable", "a\xe9=\rb", "a\xe9=\rb" },
	{ "x-uuencode", "begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello" },
	{ "uuencode", "junk\nbegin 644 a\n%:&5L;&\\\nend\njunk\n", "hello" },
	{ "x-uue", "begin 644 a\n%:&5L;&\\", "hello" },
	{ "x-uuencode", "nothing\n", "" },
	{ "7bit", "a=3D\r\n", "a=3D\r\n" },
	{ "8bit", "\xe9", "\xe9" },
	{ "binary", "a", "a" },
	{ "no-such", "a=3D", "a=3D" },
	{ NULL, "a=3D", "a=3D" },
};

static void check(const GByteArray *out, const struct transfer_case *c)
{
	g_assert_cmpmem(out->data, out->len, c->decoded, strlen(c->decoded));
}

static void test_whole(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GByteArray *out;

		g_test_message("%s", cases[i].encoded);
		out = mime_transfer_decode(cases[i].encoding, cases[i].encoded,
			strlen(cases[i].encoded));
		check(out, &cases[i]);
		g_byte_array_free(out, TRUE);
	}
}

/* However the input is cut, the output is the same. */
static void test_chunks(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		for (size_t step = 1; step < 5; step++) {
			const char *p = cases[i].encoded;
			size_t left = strlen(p);
			struct mime_decoder *decoder =
				mime_decoder_new(cases[i].encoding);
			GByteArray *out = g_byte_array_new();
			GByteArray *whole = mime_transfer_decode(
				cases[i].encoding, p, left);

			while (left > 0) {
				size_t n = MIN(step, left);

				mime_decoder_push(decoder, p, n, out);
				p += n;
				left -= n;
			}
			mime_decoder_finish(decoder, out);
			g_assert_cmpmem(out->data, out->len, whole->data,
				whole->len);
			mime_decoder_free(&decoder);
			g_assert_null(decoder);
			mime_decoder_free(&decoder);
			g_byte_array_free(out, TRUE);
			g_byte_array_free(whole, TRUE);
		}
}

/* A line that promises more than it has is filled, never read beyond. */
static void test_short_uu_line(void)
{
	static const char encoded[] = "begin 644 a\n%:&\n";
	GByteArray *out = mime_transfer_decode("x-uuencode", encoded,
		sizeof(encoded) - 1);

	g_assert_cmpuint(out->len, ==, 5);
	g_assert_cmpuint(out->data[0], ==, 'h');
	g_byte_array_free(out, TRUE);
}

static void test_long_blanks(void)
{
	GString *encoded = g_string_new("a");
	GByteArray *out;

	for (int i = 0; i < 5000; i++)
		g_string_append_c(encoded, ' ');
	g_string_append(encoded, "b=");
	for (int i = 0; i < 5000; i++)
		g_string_append_c(encoded, ' ');
	g_string_append(encoded, "c");
	out = mime_transfer_decode("quoted-printable", encoded->str, encoded->len);
	g_assert_cmpmem(out->data, out->len, encoded->str, encoded->len);
	g_byte_array_free(out, TRUE);
	g_string_free(encoded, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/transfer/whole", test_whole);
	g_test_add_func("/mime/transfer/chunks", test_chunks);
	g_test_add_func("/mime/transfer/short-uu-line", test_short_uu_line);
	g_test_add_func("/mime/transfer/long-blanks", test_long_blanks);
	return g_test_run();
}
