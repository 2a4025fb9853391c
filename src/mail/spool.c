/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/spool.h"
#include "src/base/error.h"
#include "src/base/worker.h"
#include "src/mail/private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

enum { HEADER_MAX = 64 * 1024 /* within which Message-ID is looked for */ };

static const char *spool_dir(void)
{
	return mail.state_dir != NULL ? mail.state_dir : g_get_tmp_dir();
}

char *spool_path(const char *name)
{
	return g_build_filename(spool_dir(), name, NULL);
}

void spool_remove(const char *name)
{
	char *path = spool_path(name);

	g_unlink(path);
	g_free(path);
}

/* --- a person's file ----------------------------------------------------- */

struct keep {
	char *path;     /* NULL: octets */
	GBytes *octets;
	char *to;
	struct spool_file file;
	GError *error;
	spool_done_fn *done; /* NULL: forgotten */
	void *data;
};

static GPtrArray *keeps; /* of struct keep *, under way */

static bool set_error(struct keep *keep, const char *what, const char *path)
{
	keep->error = g_error_new(MAIL_ERROR, MAIL_ERROR_FILE,
		"cannot %s '%s': %s", what, path, g_strerror(errno));
	return false;
}

/* The field's body, unfolded as far as it needs to be: one word. */
static char *find_message_id(const char *header)
{
	static const char field[] = "Message-ID:";
	const char *line = header;

	while (line[0] != '\0' && line[0] != '\n' && line[0] != '\r') {
		const char *end = strchr(line, '\n');

		if (g_ascii_strncasecmp(line, field, strlen(field)) == 0) {
			line += strlen(field);
			line += strspn(line, " \t\r\n");
			return g_strndup(line, strcspn(line, " \t\r\n"));
		}
		if (end == NULL)
			break;
		line = end + 1;
	}
	return NULL;
}

/* Line by line; each ends with CRLF. */
static bool copy_lines(struct keep *keep, FILE *from, FILE *to)
{
	GString *header = g_string_new(NULL);
	int c, last = 0;

	while ((c = getc_unlocked(from)) != EOF) {
		if (c == '\n' && last != '\r') {
			putc_unlocked('\r', to);
			keep->file.size++;
		}
		putc_unlocked(c, to);
		keep->file.size++;
		last = c;
		if (header->len < HEADER_MAX && c != '\0')
			g_string_append_c(header, (char)c);
	}
	keep->file.message_id = find_message_id(header->str);
	g_string_free(header, TRUE);
	return !ferror(from) && !ferror(to);
}

static const char *name_of(const struct keep *keep)
{
	return keep->path != NULL ? keep->path : "the message";
}

static FILE *open_source(const struct keep *keep)
{
	gsize size;
	const void *octets;

	if (keep->path != NULL)
		return fopen(keep->path, "rbe");
	octets = g_bytes_get_data(keep->octets, &size);
	/* Only read. */
	return fmemopen((void *)octets, size, "rb");
}

static void run_keep(void *data)
{
	struct keep *keep = data;
	FILE *from = open_source(keep);
	FILE *to = from == NULL ? NULL : fopen(keep->to, "wbxe");

	if (from == NULL)
		set_error(keep, "read", name_of(keep));
	else if (to == NULL)
		set_error(keep, "write", keep->to);
	else if (!copy_lines(keep, from, to) || fflush(to) != 0 ||
		fsync(fileno(to)) != 0)
		set_error(keep, "copy", name_of(keep));
	if (from != NULL)
		fclose(from);
	if (to != NULL && fclose(to) != 0 && keep->error == NULL)
		set_error(keep, "write", keep->to);
	if (to != NULL && keep->error != NULL)
		g_unlink(keep->to);
}

static void on_kept(void *data)
{
	struct keep *keep = data;

	g_ptr_array_remove(keeps, keep);
	if (keep->done != NULL)
		keep->done(keep->error == NULL ? &keep->file : NULL,
			keep->error, keep->data);
	g_clear_error(&keep->error);
	g_free(keep->file.message_id);
	g_free(keep->file.name);
	g_clear_pointer(&keep->octets, g_bytes_unref);
	g_free(keep->path);
	g_free(keep->to);
	g_free(keep);
}

static void keep_start(struct keep *keep, spool_done_fn *done, void *data)
{
	if (keeps == NULL)
		keeps = g_ptr_array_new();
	keep->file.name = g_strdup_printf("message-%ld-%08x.eml",
		(long)getpid(), g_random_int());
	keep->to = spool_path(keep->file.name);
	keep->done = done;
	keep->data = data;
	g_ptr_array_add(keeps, keep);
	g_mkdir_with_parents(spool_dir(), 0700);
	worker_push(mail.worker, run_keep, on_kept, keep);
}

void spool_keep(const char *path, spool_done_fn *done, void *data)
{
	struct keep *keep = g_new0(struct keep, 1);

	keep->path = g_strdup(path);
	keep_start(keep, done, data);
}

void spool_keep_octets(GBytes *octets, spool_done_fn *done, void *data)
{
	struct keep *keep = g_new0(struct keep, 1);

	keep->octets = g_bytes_ref(octets);
	keep_start(keep, done, data);
}

void spool_forget(void *data)
{
	for (guint i = 0; keeps != NULL && i < keeps->len; i++) {
		struct keep *keep = keeps->pdata[i];

		if (keep->data == data)
			keep->done = NULL;
	}
}

/* --- what passes through ------------------------------------------------- */

struct spool {
	int fd;             /* the worker's until it is finished */
	int error_number;
	uint64_t size;
	spool_written_fn *written;
	void *data;
};

struct piece {
	struct spool *spool;
	GBytes *octets;
};

static void run_open(void *data)
{
	struct spool *spool = data;
	char *path = g_strdup_printf("%s/culver-XXXXXX", g_get_tmp_dir());

	spool->fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
	if (spool->fd < 0)
		spool->error_number = errno;
	else
		g_unlink(path);
	g_free(path);
}

static void run_write(void *data)
{
	struct piece *piece = data;
	struct spool *spool = piece->spool;
	gsize left;
	const char *at = g_bytes_get_data(piece->octets, &left);

	while (left > 0 && spool->error_number == 0) {
		ssize_t n = write(spool->fd, at, left);

		if (n < 0 && errno != EINTR)
			spool->error_number = errno;
		if (n > 0) {
			at += n;
			left -= (gsize)n;
		}
	}
	g_bytes_unref(piece->octets);
	g_free(piece);
}

static void run_nothing(void *data)
{
	(void)data;
}

static void really_free(void *data)
{
	struct spool *spool = data;

	if (spool->fd >= 0)
		close(spool->fd);
	g_free(spool);
}

struct spool *spool_new(void)
{
	struct spool *spool = g_new0(struct spool, 1);

	spool->fd = -1;
	worker_push(mail.worker, run_open, NULL, spool);
	return spool;
}

void spool_free(struct spool **spoolp)
{
	struct spool *spool = *spoolp;

	if (spool == NULL)
		return;
	*spoolp = NULL;
	spool->written = NULL;
	/* Behind what the worker still has to write and to tell. */
	worker_push(mail.worker, run_nothing, really_free, spool);
}

void spool_write(struct spool *spool, const char *octets, size_t len)
{
	struct piece *piece = g_new0(struct piece, 1);

	piece->spool = spool;
	piece->octets = g_bytes_new(octets, len);
	spool->size += len;
	worker_push(mail.worker, run_write, NULL, piece);
}

static void on_finished(void *data)
{
	struct spool *spool = data;
	GError *error = NULL;

	if (spool->written == NULL)
		return;
	if (spool->error_number != 0)
		error = g_error_new(MAIL_ERROR, MAIL_ERROR_FILE,
			"cannot keep a message in '%s': %s", g_get_tmp_dir(),
			g_strerror(spool->error_number));
	spool->written(error, spool->data);
	g_clear_error(&error);
}

void spool_finish(struct spool *spool, spool_written_fn *written, void *data)
{
	spool->written = written;
	spool->data = data;
	worker_push(mail.worker, run_nothing, on_finished, spool);
}

int spool_fd(const struct spool *spool)
{
	return spool->fd;
}

uint64_t spool_size(const struct spool *spool)
{
	return spool->size;
}
