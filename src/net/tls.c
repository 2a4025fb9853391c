/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What to trust: the system's CAs, loaded once on a thread of their own, and
 * the config of one server. A config is immutable after it was made, but for
 * the session that the next one goes on from.
 */
#include "src/base/base.h"
#include "src/net/tls.h"

#include "src/base/error.h"
#include "src/base/log.h"
#include "src/net/tls-session.h"

#include <stdlib.h>

struct trust_waiter {
	tls_trust_fn *fn;
	void *data;
};

static struct {
	GThread *thread;               /* while loading */
	gnutls_x509_trust_list_t list; /* NULL until loaded */
	GQueue waiters;                /* of struct trust_waiter */
} trust;

static gboolean trust_loaded(gpointer data)
{
	struct trust_waiter *waiter;

	if (trust.thread == NULL)
		return G_SOURCE_REMOVE;
	g_thread_join(trust.thread);
	trust.thread = NULL;
	trust.list = data;
	while ((waiter = g_queue_pop_head(&trust.waiters)) != NULL) {
		waiter->fn(waiter->data);
		g_free(waiter);
	}
	return G_SOURCE_REMOVE;
}

static gpointer load_trust(gpointer data)
{
	gnutls_x509_trust_list_t list = NULL;

	(void)data;
	gnutls_x509_trust_list_init(&list, 0);
	/* Without any CA every certificate is asked about: no failure. */
	gnutls_x509_trust_list_add_system_trust(list, 0, 0);
	g_idle_add_full(G_PRIORITY_DEFAULT, trust_loaded, list, NULL);
	return list;
}

/* GnuTLS tears itself down at exit; the thread must not be inside it then. */
static void join_at_exit(void)
{
	if (trust.thread != NULL)
		trust.list = g_thread_join(trust.thread);
	trust.thread = NULL;
}

void tls_preload(void)
{
	static bool is_registered;

	if (trust.thread != NULL || trust.list != NULL)
		return;
	if (!is_registered)
		atexit(join_at_exit);
	is_registered = true;
	trust.thread = g_thread_new("trust", load_trust, NULL);
}

gnutls_x509_trust_list_t tls_system_trust(void)
{
	return trust.list;
}

void tls_trust_wait(tls_trust_fn *fn, void *data)
{
	struct trust_waiter *waiter = g_new(struct trust_waiter, 1);

	*waiter = (struct trust_waiter){ .fn = fn, .data = data };
	g_queue_push_tail(&trust.waiters, waiter);
	tls_preload();
}

void tls_trust_forget(void *data)
{
	GList *link = trust.waiters.head;

	while (link != NULL) {
		GList *next = link->next;
		struct trust_waiter *waiter = link->data;

		if (waiter->data == data) {
			g_queue_delete_link(&trust.waiters, link);
			g_free(waiter);
		}
		link = next;
	}
}

/* Users copy fingerprints as other programs show them: colons, capitals. */
static char *normalise_pin(const char *pin)
{
	GString *text = g_string_new("sha256:");

	if (g_ascii_strncasecmp(pin, "sha256:", 7) == 0)
		pin += 7;
	for (; *pin != '\0'; pin++)
		if (g_ascii_isxdigit(*pin))
			g_string_append_c(text, g_ascii_tolower(*pin));
	return g_string_free(text, FALSE);
}

static char **normalise_pins(const char *const *pins)
{
	GPtrArray *copies = g_ptr_array_new();

	for (; pins != NULL && *pins != NULL; pins++)
		g_ptr_array_add(copies, normalise_pin(*pins));
	g_ptr_array_add(copies, NULL);
	return (char **)g_ptr_array_free(copies, FALSE);
}

static bool load_ca_file(struct tls_config *config, const char *path,
	GError **error)
{
	int n;

	if (path == NULL)
		return true;
	gnutls_x509_trust_list_init(&config->extra_trust, 0);
	n = gnutls_x509_trust_list_add_trust_file(config->extra_trust, path,
		NULL, GNUTLS_X509_FMT_PEM, 0, 0);
	if (n > 0)
		return true;
	g_set_error(error, TLS_ERROR, TLS_ERROR_FILE,
		"cannot use the CA file '%s': %s", path,
		n == 0 ? "there is no certificate in it"
		       : gnutls_strerror(n));
	return false;
}

static bool load_client_cert(struct tls_config *config, const char *cert,
	const char *key, GError **error)
{
	int ret;

	if (cert == NULL)
		return true;
	/* One file may hold both. */
	if (key == NULL)
		key = cert;
	ret = gnutls_certificate_set_x509_key_file(config->credentials, cert,
		key, GNUTLS_X509_FMT_PEM);
	if (ret >= 0)
		return true;
	g_set_error(error, TLS_ERROR, TLS_ERROR_FILE,
		"cannot use the client certificate '%s' with the key '%s': %s",
		cert, key, gnutls_strerror(ret));
	return false;
}

static bool check_priority(const char *priority, GError **error)
{
	gnutls_priority_t cache = NULL;
	const char *at = NULL;
	int ret;

	if (priority == NULL)
		return true;
	ret = gnutls_priority_init(&cache, priority, &at);
	gnutls_priority_deinit(cache);
	if (ret == 0)
		return true;
	g_set_error(error, TLS_ERROR, TLS_ERROR_FILE,
		"cannot use the TLS priority '%s': %s", priority,
		gnutls_strerror(ret));
	return false;
}

struct tls_config *tls_config_new(const struct tls_config_init *init,
	GError **error)
{
	struct tls_config *config = g_new0(struct tls_config, 1);

	config->refs = 1;
	config->host = g_strdup(init->host != NULL ? init->host : "");
	config->port = init->port;
	config->pins = normalise_pins(init->pins);
	config->priority = g_strdup(init->priority);
	config->ask = init->ask;
	config->ask_data = init->ask_data;
	gnutls_certificate_allocate_credentials(&config->credentials);
	if (!check_priority(init->priority, error) ||
		!load_ca_file(config, init->ca_file, error) ||
		!load_client_cert(config, init->client_cert, init->client_key,
			error))
		tls_config_unref(&config);
	return config;
}

struct tls_config *tls_config_ref(struct tls_config *config)
{
	config->refs++;
	return config;
}

void tls_config_unref(struct tls_config **configp)
{
	struct tls_config *config = *configp;

	*configp = NULL;
	if (config == NULL || --config->refs > 0)
		return;
	if (config->extra_trust != NULL)
		gnutls_x509_trust_list_deinit(config->extra_trust, 1);
	gnutls_certificate_free_credentials(config->credentials);
	g_clear_pointer(&config->resumption, g_bytes_unref);
	g_strfreev(config->pins);
	g_free(config->priority);
	g_free(config->host);
	g_free(config);
}
