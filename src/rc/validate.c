/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of option values beyond their type; declared in value.h. */
#include "src/base/base.h"

#include <iconv.h>

#include "src/base/error.h"
#include "src/rc/value.h"

#define PIN_PREFIX "sha256:"
#define PIN_DIGITS 64
#define MECHANISM_MAX 20

static bool refuse(GError **error, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

/* Always false, to be returned. */
static bool refuse(GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_propagate_error(error, g_error_new_valist(OPTION_ERROR,
		OPTION_ERROR_VALUE, format, args));
	va_end(args);
	return false;
}

bool option_validate_pin(const char *value, GError **error)
{
	const char *digits = value + strlen(PIN_PREFIX);

	if (g_ascii_strncasecmp(value, PIN_PREFIX, strlen(PIN_PREFIX)) != 0 ||
		strlen(digits) != PIN_DIGITS ||
		strspn(digits, "0123456789abcdefABCDEF") != PIN_DIGITS)
		return refuse(error, "expected sha256: and 64 hexadecimal "
			"digits, not '%s'", value);
	return true;
}

static bool is_port(const char *text, size_t len)
{
	return len > 0 && len <= 5 && strspn(text, "0123456789") >= len &&
		g_ascii_strtoull(text, NULL, 10) - 1 < 65535;
}

/* [user@]host[:port], as far as a look at the characters can tell. */
static bool is_authority(const char *text, size_t len)
{
	const char *end = text + len, *host = text, *colon = NULL;

	for (const char *p = text; p < end; p++) {
		if (*p == ' ' || g_ascii_iscntrl(*p))
			return false;
		if (*p == '@')
			host = p + 1;
	}
	/* The colons within [::1] are not the port's. */
	for (const char *p = host; p < end; p++) {
		if (*p == ':')
			colon = p;
		else if (*p == ']')
			colon = NULL;
	}
	if (colon == NULL)
		return host < end;
	return host < colon && is_port(colon + 1, (size_t)(end - colon - 1));
}

bool option_validate_url(const char *value, GError **error)
{
	static const char *const schemes[] = { "imaps://", "imap://",
		"pops://", "pop://" };
	const char *at;

	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
		size_t length = strlen(schemes[i]);

		if (g_ascii_strncasecmp(value, schemes[i], length) == 0 &&
			is_authority(value + length,
				strcspn(value + length, "/")))
			return true;
	}
	at = strrchr(value, '@');
	if (strstr(value, "://") == NULL && strchr(value, '/') == NULL &&
		at != NULL && at != value &&
		is_authority(at + 1, strlen(at + 1)))
		return true;
	return refuse(error, "expected imaps://user@host/, imap://user@host/ "
		"or user@domain, not '%s'", value);
}

bool option_validate_proxy(const char *value, GError **error)
{
	static const char *const schemes[] = { "socks5://", "socks5h://" };

	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
		const char *authority = value + strlen(schemes[i]);

		if (g_ascii_strncasecmp(value, schemes[i],
			strlen(schemes[i])) == 0 &&
			strchr(authority, '/') == NULL &&
			is_authority(authority, strlen(authority)))
			return true;
	}
	return refuse(error,
		"expected socks5://[user:password@]host[:port]");
}

bool option_validate_mechanism(const char *value, GError **error)
{
	size_t length = strlen(value);

	for (size_t i = 0; i < length; i++) {
		if (!g_ascii_isalnum(value[i]) && value[i] != '-' &&
			value[i] != '_')
			return refuse(error, "expected a SASL mechanism such "
				"as plain, not '%s'", value);
	}
	if (length > MECHANISM_MAX)
		return refuse(error, "'%s' is longer than a SASL mechanism's "
			"name can be", value);
	return true;
}

bool option_validate_command(const char *value, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (g_shell_parse_argv(value, NULL, NULL, &problem))
		return true;
	return refuse(error, "not a command: %s", problem->message);
}

bool option_validate_regex(const char *value, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(GRegex) regex = g_regex_new(value, 0, 0, &problem);

	if (regex != NULL)
		return true;
	return refuse(error, "not a regular expression: %s", problem->message);
}

bool option_validate_charset(const char *value, GError **error)
{
	iconv_t converter = iconv_open("UTF-8", value);

	if (converter == (iconv_t)-1)
		return refuse(error, "this system knows no charset '%s'",
			value);
	iconv_close(converter);
	return true;
}
