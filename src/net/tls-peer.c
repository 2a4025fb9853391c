/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judgement of a server's certificate (RFC 9525, RFC 8314): chain, dates
 * and name, or a pin; and the words for what is wrong. All text of a
 * certificate is hostile: made valid UTF-8 here and shortened; the screen
 * takes care of the rest.
 */
#include "src/base/base.h"
#include "src/net/tls-session.h"

#include "src/base/error.h"

#include <gio/gio.h>
#include <time.h>

enum { CHAIN_MAX = 16, NAMES_SHOWN = 4, NAMES_READ = 100, TEXT_MAX = 256 };

char *tls_fingerprint(const gnutls_datum_t *der)
{
	char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data,
		der->size);
	char *text = g_strconcat("sha256:", hex, NULL);

	g_free(hex);
	return text;
}

static char *clean_text(const void *text, size_t len)
{
	return g_utf8_make_valid(text, (gssize)MIN(len, TEXT_MAX));
}

static char *get_dn(gnutls_x509_crt_t cert,
	int (*get)(gnutls_x509_crt_t, gnutls_datum_t *, unsigned))
{
	gnutls_datum_t dn = { NULL, 0 };
	char *text;

	if (get(cert, &dn, 0) != 0)
		return g_strdup("");
	text = clean_text(dn.data, dn.size);
	gnutls_free(dn.data);
	return text;
}

static char *format_day(int64_t seconds)
{
	GDateTime *when = g_date_time_new_from_unix_utc(seconds);
	char *text;

	if (when == NULL)
		return g_strdup("an impossible day");
	text = g_date_time_format(when, "%Y-%m-%d");
	g_date_time_unref(when);
	return text;
}

static char *format_ip(const unsigned char *octets, size_t len)
{
	GInetAddress *address;
	char *text;

	if (len != 4 && len != 16)
		return NULL;
	address = g_inet_address_new_from_bytes(octets,
		len == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
	text = g_inet_address_to_string(address);
	g_object_unref(address);
	return text;
}

/* The subjectAltName with this index, or NULL with *is_end_out at the end. */
static char *alt_name(gnutls_x509_crt_t cert, unsigned i, bool *is_end_out)
{
	unsigned char name[TEXT_MAX];
	size_t len = sizeof(name);
	int type = gnutls_x509_crt_get_subject_alt_name(cert, i, name, &len,
		NULL);

	*is_end_out = type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
	if (type == GNUTLS_SAN_DNSNAME)
		return clean_text(name, len);
	if (type == GNUTLS_SAN_IPADDRESS)
		return format_ip(name, len);
	return NULL;
}

static char *common_name(gnutls_x509_crt_t cert)
{
	char name[TEXT_MAX];
	size_t len = sizeof(name);

	if (gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME,
		0, 0, name, &len) != 0)
		return NULL;
	return clean_text(name, len);
}

/* "issued for 'a', 'b' and others" */
static char *describe_names(gnutls_x509_crt_t cert)
{
	GString *text = g_string_new("issued for ");
	unsigned shown = 0;
	bool is_end = false;

	for (unsigned i = 0; i < NAMES_READ && !is_end; i++) {
		char *name = alt_name(cert, i, &is_end);

		if (name != NULL && shown < NAMES_SHOWN)
			g_string_append_printf(text, "%s'%s'",
				shown > 0 ? ", " : "", name);
		shown += name != NULL;
		g_free(name);
	}
	if (shown == 0) {
		char *name = common_name(cert);

		if (name != NULL)
			g_string_append_printf(text, "'%s'", name);
		else
			g_string_append(text, "no name at all");
		g_free(name);
	} else if (shown > NAMES_SHOWN) {
		g_string_append(text, " and others");
	}
	return g_string_free(text, FALSE);
}

static void add_reason(GString *reasons, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
static void add_reason(GString *reasons, const char *format, ...)
{
	va_list args;

	if (reasons->len > 0)
		g_string_append(reasons, ", ");
	va_start(args, format);
	g_string_append_vprintf(reasons, format, args);
	va_end(args);
}

static void add_date_reasons(GString *reasons, unsigned status,
	const struct tls_peer *peer)
{
	char *from = format_day(peer->not_before);
	char *to = format_day(peer->not_after);
	int64_t now = g_get_real_time() / G_USEC_PER_SEC;

	if (peer->not_after < now)
		add_reason(reasons, "expired on %s", to);
	else if (status & GNUTLS_CERT_EXPIRED)
		add_reason(reasons, "a certificate of its chain is expired");
	if (peer->not_before > now)
		add_reason(reasons, "not valid before %s", from);
	else if (status & GNUTLS_CERT_NOT_ACTIVATED)
		add_reason(reasons,
			"a certificate of its chain is not yet valid");
	g_free(from);
	g_free(to);
}

static void add_chain_reasons(GString *reasons, unsigned status,
	gnutls_x509_crt_t cert, const struct tls_peer *peer)
{
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND) {
		if (gnutls_x509_crt_check_issuer(cert, cert))
			add_reason(reasons, "self-signed");
		else
			add_reason(reasons,
				"signed by an unknown authority '%s'",
				peer->issuer);
	}
	if (status & GNUTLS_CERT_REVOKED)
		add_reason(reasons, "revoked");
	if (status & GNUTLS_CERT_INSECURE_ALGORITHM)
		add_reason(reasons, "signed with an insecure algorithm");
	if (status & GNUTLS_CERT_PURPOSE_MISMATCH)
		add_reason(reasons, "not made for a server");
	if (status & (GNUTLS_CERT_SIGNER_NOT_CA |
			GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE))
		add_reason(reasons, "signed by one who may not sign it");
	if (status & GNUTLS_CERT_SIGNATURE_FAILURE)
		add_reason(reasons, "its signature is wrong");
}

static unsigned verify_chain(const struct tls_config *config,
	gnutls_x509_crt_t *certs, unsigned n)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER };
	gnutls_x509_trust_list_t lists[] = { config->extra_trust,
		tls_system_trust() };
	unsigned result = GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_NOT_FOUND;

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		unsigned status = GNUTLS_CERT_INVALID;

		if (lists[i] == NULL)
			continue;
		if (gnutls_x509_trust_list_verify_crt2(lists[i], certs, n,
			&purpose, 1, 0, &status, NULL) < 0)
			continue;
		if (status == 0)
			return 0;
		/* What the list that knows the signer says is the truth. */
		if (result & GNUTLS_CERT_SIGNER_NOT_FOUND)
			result = status;
	}
	return result;
}

static char *find_reason(const struct tls_config *config,
	gnutls_x509_crt_t *certs, unsigned n, const struct tls_peer *peer)
{
	GString *reasons = g_string_new(NULL);
	unsigned status = verify_chain(config, certs, n);

	if (status != 0) {
		add_date_reasons(reasons, status, peer);
		add_chain_reasons(reasons, status, certs[0], peer);
	}
	if (!gnutls_x509_crt_check_hostname(certs[0], config->host)) {
		char *names = describe_names(certs[0]);

		add_reason(reasons, "%s", names);
		g_free(names);
	}
	if (status != 0 && reasons->len == 0)
		add_reason(reasons, "not trusted");
	return g_string_free(reasons, FALSE);
}

static unsigned import_chain(const gnutls_datum_t *chain, unsigned n,
	gnutls_x509_crt_t *certs)
{
	unsigned imported = 0;

	for (unsigned i = 0; i < MIN(n, CHAIN_MAX); i++) {
		gnutls_x509_crt_init(&certs[imported]);
		if (gnutls_x509_crt_import(certs[imported], &chain[i],
			GNUTLS_X509_FMT_DER) == 0) {
			imported++;
			continue;
		}
		gnutls_x509_crt_deinit(certs[imported]);
		break;
	}
	return imported;
}

static void fill_peer(struct tls_peer *peer, const struct tls_config *config,
	gnutls_x509_crt_t cert, const gnutls_datum_t *der)
{
	peer->host = g_strdup(config->host);
	peer->port = config->port;
	peer->fingerprint = tls_fingerprint(der);
	peer->subject = get_dn(cert, gnutls_x509_crt_get_dn3);
	peer->issuer = get_dn(cert, gnutls_x509_crt_get_issuer_dn3);
	peer->not_before = gnutls_x509_crt_get_activation_time(cert);
	peer->not_after = gnutls_x509_crt_get_expiration_time(cert);
}

struct tls_judgement *tls_judge(const struct tls_config *config,
	const gnutls_datum_t *chain, unsigned n, GError **error)
{
	gnutls_x509_crt_t certs[CHAIN_MAX];
	unsigned n_certs = chain != NULL ? import_chain(chain, n, certs) : 0;
	struct tls_judgement *judgement;

	if (n_certs == 0) {
		g_set_error(error, TLS_ERROR, TLS_ERROR_CERTIFICATE,
			"'%s' port %u shows no certificate that can be read",
			config->host, config->port);
		return NULL;
	}
	judgement = g_new0(struct tls_judgement, 1);
	fill_peer(&judgement->peer, config, certs[0], &chain[0]);
	judgement->peer.reason = find_reason(config, certs, n_certs,
		&judgement->peer);
	judgement->is_trusted = *judgement->peer.reason == '\0';
	judgement->is_pinned = g_strv_contains(
		(const char *const *)config->pins,
		judgement->peer.fingerprint);
	for (unsigned i = 0; i < n_certs; i++)
		gnutls_x509_crt_deinit(certs[i]);
	return judgement;
}

void tls_judgement_free(struct tls_judgement **judgementp)
{
	struct tls_judgement *judgement = *judgementp;

	if (judgement == NULL)
		return;
	*judgementp = NULL;
	g_free((char *)judgement->peer.host);
	g_free((char *)judgement->peer.reason);
	g_free((char *)judgement->peer.fingerprint);
	g_free((char *)judgement->peer.subject);
	g_free((char *)judgement->peer.issuer);
	g_free(judgement);
}
