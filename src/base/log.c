/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/log.h"
#include "src/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static FILE *trace_file;
static log_trace_fn *listener;
static void *listener_data;
static gint64 start_us;

bool log_open_trace(const char *path, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd == -1) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED,
			"cannot open '%s': %s", path, g_strerror(errno));
		return false;
	}
	log_close_trace();
	trace_file = fdopen(fd, "a");
	setvbuf(trace_file, NULL, _IOLBF, 0);
	start_us = g_get_monotonic_time();
	return true;
}

void log_close_trace(void)
{
	if (trace_file != NULL)
		fclose(trace_file);
	trace_file = NULL;
}

void log_set_trace_listener(log_trace_fn *fn, void *data)
{
	listener = fn;
	listener_data = data;
}

bool log_is_tracing(void)
{
	return trace_file != NULL || listener != NULL;
}

/* A file is looked at on a terminal, sooner or later: what a server says must
 * not act there. */
static void put_text(FILE *file, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			fprintf(file, "\\x%02x", c);
		else
			putc(c, file);
	}
}

static void put_line(const char *who, char mark, const char *text, size_t len)
{
	fprintf(trace_file, "%9.3f %s %c: ",
		(double)(g_get_monotonic_time() - start_us) / 1e6, who, mark);
	put_text(trace_file, text, MIN(len, (size_t)1 << 20));
	putc('\n', trace_file);
}

void log_trace(const char *who, enum log_direction direction,
	const char *text, size_t len)
{
	static const char mark[] = { [LOG_IN] = 'S', [LOG_OUT] = 'C',
		[LOG_NOTE] = '#' };

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (trace_file != NULL)
		put_line(who, mark[direction], text, len);
	if (listener != NULL)
		listener(who, direction, text, len, listener_data);
}

void log_note(const char *who, const char *format, ...)
{
	va_list args;
	char *text;

	if (!log_is_tracing())
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	log_trace(who, LOG_NOTE, text, strlen(text));
	g_free(text);
}
