/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GIO calls back even when cancelled: a handle lives until then. */
#include "src/base/base.h"
#include "src/net/srv.h"

#include "src/base/error.h"
#include "src/net/connect.h"

#include <gio/gio.h>

struct srv {
	srv_done_fn *done; /* NULL once cancelled */
	void *data;
	char *domain;
	bool is_implicit_tls; /* what is being asked for */
	GCancellable *cancellable;
};

static void look_up(struct srv *srv);

static void destroy(struct srv *srv)
{
	g_object_unref(srv->cancellable);
	g_free(srv->domain);
	g_free(srv);
}

void srv_cancel(struct srv **srvp)
{
	struct srv *srv = *srvp;

	*srvp = NULL;
	if (srv == NULL)
		return;
	srv->done = NULL;
	g_cancellable_cancel(srv->cancellable);
}

/* The first is the best: GResolver sorts by priority and weight. */
static GSrvTarget *usable_target(GList *targets)
{
	for (GList *link = targets; link != NULL; link = link->next) {
		const char *host = g_srv_target_get_hostname(link->data);

		/* RFC 2782: "." means that there is no such service. */
		if (*host != '\0' && strcmp(host, ".") != 0)
			return link->data;
	}
	return NULL;
}

static void tell(struct srv *srv, GSrvTarget *target, const GError *error)
{
	GError *told = error != NULL ?
		connect_resolver_error(srv->domain, error) : NULL;

	srv->done(target != NULL ? g_srv_target_get_hostname(target) : NULL,
		target != NULL ? g_srv_target_get_port(target) : 0,
		srv->is_implicit_tls, told, srv->data);
	g_clear_error(&told);
}

static void on_answer(GObject *resolver, GAsyncResult *result, gpointer data)
{
	struct srv *srv = data;
	GError *error = NULL;
	GList *targets = g_resolver_lookup_service_finish(G_RESOLVER(resolver),
		result, &error);
	GSrvTarget *target = usable_target(targets);
	bool asks_again = false;

	if (g_error_matches(error, G_RESOLVER_ERROR,
		G_RESOLVER_ERROR_NOT_FOUND))
		g_clear_error(&error);
	if (srv->done != NULL) {
		asks_again = target == NULL && error == NULL &&
			srv->is_implicit_tls;
		if (!asks_again)
			tell(srv, target, error);
	}
	g_clear_error(&error);
	g_resolver_free_targets(targets);
	if (!asks_again) {
		destroy(srv);
		return;
	}
	srv->is_implicit_tls = false;
	look_up(srv);
}

static void look_up(struct srv *srv)
{
	GResolver *resolver = g_resolver_get_default();

	g_resolver_lookup_service_async(resolver,
		srv->is_implicit_tls ? "imaps" : "imap", "tcp", srv->domain,
		srv->cancellable, on_answer, srv);
	g_object_unref(resolver);
}

struct srv *srv_lookup(const char *domain, srv_done_fn *done, void *data)
{
	struct srv *srv = g_new0(struct srv, 1);

	srv->domain = g_strdup(domain);
	srv->done = done;
	srv->data = data;
	srv->is_implicit_tls = true;
	srv->cancellable = g_cancellable_new();
	look_up(srv);
	return srv;
}
