/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/url.h"
#include "src/base/error.h"

enum { PORT_IMAP = 143, PORT_IMAPS = 993 };

static bool refuse(GError **error, const char *text, const char *why)
{
	g_set_error(error, MAIL_ERROR, MAIL_ERROR_URL,
		"'%s' is not the URL of a mail account: %s", text, why);
	return false;
}

/* NULL when an escape is broken or hides a NUL, or it is not UTF-8. */
static char *unescape(const char *text, size_t len)
{
	char *segment = g_strndup(text, len);
	char *decoded = g_uri_unescape_string(segment, NULL);

	g_free(segment);
	if (decoded != NULL && !g_utf8_validate(decoded, -1, NULL))
		g_clear_pointer(&decoded, g_free);
	return decoded;
}

static bool parse_port(const char *text, size_t len, unsigned *port_out)
{
	unsigned port = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isdigit(text[i]))
			return false;
		port = port * 10 + (unsigned)(text[i] - '0');
	}
	*port_out = port;
	return port > 0 && port <= 65535;
}

static bool is_host(const char *host)
{
	for (const char *at = host; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f ||
			strchr("@/?#%\"<>\\^`{|}", *at) != NULL)
			return false;
	return host[0] != '\0';
}

/* "host", "host:port", "[::1]:port". */
static bool parse_host(const char *text, size_t len, struct mail_url *url)
{
	const char *end = text + len, *colon;

	if (len > 0 && text[0] == '[') {
		const char *bracket = memchr(text, ']', len);

		if (bracket == NULL)
			return false;
		url->host = g_strndup(text + 1, (gsize)(bracket - text - 1));
		colon = bracket + 1;
		if (colon < end && *colon != ':')
			return false;
	} else {
		colon = memchr(text, ':', len);
		if (colon == NULL)
			colon = end;
		url->host = g_strndup(text, (gsize)(colon - text));
	}
	if (colon < end &&
		!parse_port(colon + 1, (size_t)(end - colon - 1), &url->port))
		return false;
	return is_host(url->host);
}

static const char *last_at(const char *text, size_t len)
{
	for (size_t i = len; i > 0; i--)
		if (text[i - 1] == '@')
			return text + i - 1;
	return NULL;
}

static bool parse_authority(const char *text, size_t len, struct mail_url *url)
{
	const char *at = last_at(text, len);

	if (at != NULL) {
		size_t user_len = (size_t)(at - text);
		/* RFC 5092: ";AUTH=..." may follow the user. */
		const char *auth = memchr(text, ';', user_len);

		if (auth != NULL)
			user_len = (size_t)(auth - text);
		url->user = unescape(text, user_len);
		if (url->user == NULL || url->user[0] == '\0')
			return false;
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	return parse_host(text, len, url);
}

static bool parse_bare(const char *text, struct mail_url *url)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || at == text || strchr(text, '/') != NULL ||
		strchr(text, ' ') != NULL)
		return false;
	url->user = g_strdup(text);
	url->needs_srv = true;
	url->port = PORT_IMAPS;
	return parse_host(at + 1, strlen(at + 1), url);
}

static bool parse_scheme(const char *text, struct mail_url *url,
	const char **rest_out, GError **error)
{
	static const struct {
		const char *scheme;
		unsigned port;
		bool is_starttls;
	} rows[] = {
		{ "imaps://", PORT_IMAPS, false },
		{ "imap://", PORT_IMAP, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (g_ascii_strncasecmp(text, rows[i].scheme,
			strlen(rows[i].scheme)) == 0) {
			url->port = rows[i].port;
			url->is_starttls = rows[i].is_starttls;
			*rest_out = text + strlen(rows[i].scheme);
			return true;
		}
	if (g_ascii_strncasecmp(text, "pop", 3) == 0)
		return refuse(error, text, "this version reads IMAP only");
	return refuse(error, text, "expected imaps://user@host/, "
		"imap://user@host/ or user@domain");
}

bool mail_url_parse(const char *text, struct mail_url *url_out, GError **error)
{
	const char *rest, *slash;
	size_t len;

	*url_out = (struct mail_url){ 0 };
	if (strstr(text, "://") == NULL && parse_bare(text, url_out))
		return true;
	mail_url_release(url_out);
	if (!parse_scheme(text, url_out, &rest, error))
		return false;
	slash = strchr(rest, '/');
	len = slash != NULL ? (size_t)(slash - rest) : strlen(rest);
	if (!parse_authority(rest, len, url_out)) {
		mail_url_release(url_out);
		return refuse(error, text, "no host, or not a valid one");
	}
	if (slash != NULL && slash[1] != '\0') {
		url_out->mailbox = unescape(slash + 1, strlen(slash + 1));
		if (url_out->mailbox == NULL) {
			mail_url_release(url_out);
			return refuse(error, text,
				"the mailbox's name has a broken %-escape");
		}
	}
	return true;
}

void mail_url_release(struct mail_url *url)
{
	g_free(url->user);
	g_free(url->host);
	g_free(url->mailbox);
	*url = (struct mail_url){ 0 };
}
