/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/pin.h"
#include "src/base/worker.h"
#include "src/mail/private.h"

#include <glib/gstdio.h>

enum { PINS_MAX = 1 << 20 };

char **pin_find(const char *text, const char *host, unsigned port)
{
	char *prefix = g_strdup_printf("%s:%u ", host, port);
	char **lines = g_strsplit(text, "\n", -1);
	GPtrArray *found = g_ptr_array_new();

	for (size_t i = 0; lines[i] != NULL; i++)
		if (g_ascii_strncasecmp(lines[i], prefix, strlen(prefix)) == 0)
			g_ptr_array_add(found, g_strstrip(
				g_strdup(lines[i] + strlen(prefix))));
	g_ptr_array_add(found, NULL);
	g_strfreev(lines);
	g_free(prefix);
	return (char **)g_ptr_array_free(found, FALSE);
}

static char *pins_path(void)
{
	return g_build_filename(mail.state_dir, "pins", NULL);
}

static char *read_pins(const char *path)
{
	char *text = NULL;
	gsize len = 0;

	if (!g_file_get_contents(path, &text, &len, NULL))
		return g_strdup("");
	if (len > PINS_MAX)
		text[PINS_MAX] = '\0';
	return text;
}

char **pin_load(const struct account *account)
{
	GStrvBuilder *builder = g_strv_builder_new();
	const char *const *option = account->options->tls_pin;
	char **pins;

	if (option != NULL)
		g_strv_builder_addv(builder, (const char **)option);
	if (mail.state_dir != NULL) {
		char *path = pins_path(), *text = read_pins(path);
		char **found = pin_find(text, account->host, account->port);

		g_strv_builder_addv(builder, (const char **)found);
		g_strfreev(found);
		g_free(text);
		g_free(path);
	}
	pins = g_strv_builder_end(builder);
	g_strv_builder_unref(builder);
	return pins;
}

struct pin_job {
	char *path, *line;
};

static void write_pin(void *data)
{
	struct pin_job *job = data;
	char *former = read_pins(job->path);
	char *dir = g_path_get_dirname(job->path);
	char *text = g_strconcat(former, job->line, NULL);

	g_mkdir_with_parents(dir, 0700);
	g_file_set_contents_full(job->path, text, -1,
		G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
	g_free(text);
	g_free(dir);
	g_free(former);
	g_free(job->path);
	g_free(job->line);
	g_free(job);
}

void pin_store(struct account *account, const char *fingerprint)
{
	struct pin_job *job;

	if (mail.state_dir == NULL)
		return;
	job = g_new0(struct pin_job, 1);
	job->path = pins_path();
	job->line = g_strdup_printf("%s:%u %s\n", account->host, account->port,
		fingerprint);
	worker_push(mail.worker, write_pin, NULL, job);
}
