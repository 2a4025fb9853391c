/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line: 16 hex digits of checksum, then words separated by tabs, each
 * escaped as a C string would be. The first word says what the line is, the
 * second is the entry's id.
 */
#include "src/base/base.h"
#include "src/cache/journal-log.h"

#include "src/base/error.h"
#include "src/cache/record.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "journal-"
#define SUFFIX ".log"

enum {
	LOG_MAX = 64 * 1024 * 1024, /* read at adoption */
	SUM_DIGITS = 16,
	ADD_WORDS = 20,
	ADD_WORDS_0_1 = 15, /* as version 0.1 wrote them */
	SUM_KIND = 100,
};

struct journal_log {
	int fd;
	char *path;
	int64_t size;      /* up to the last whole line */
	unsigned pending;
	bool is_torn;      /* the file does not end with a newline */
};

static const char *const kinds[] = {
	[JOURNAL_STORE] = "store",
	[JOURNAL_MOVE] = "move",
	[JOURNAL_COPY] = "copy",
	[JOURNAL_EXPUNGE] = "expunge",
	[JOURNAL_APPEND] = "append",
	[JOURNAL_REPLACE] = "replace",
};

static const char *const steps[] = {
	[JOURNAL_STEP_NONE] = "none",
	[JOURNAL_STEP_COPIED] = "copied",
	[JOURNAL_STEP_MARKED] = "marked",
};

/* --- lines ----------------------------------------------------------------- */

static void add_word(GString *line, const char *word)
{
	char *escaped = g_strescape(word != NULL ? word : "", NULL);

	/* NULL is not the empty string. */
	g_string_append_c(line, '\t');
	if (word == NULL)
		g_string_append_c(line, '-');
	else
		g_string_append_printf(line, "=%s", escaped);
	g_free(escaped);
}

static void add_number(GString *line, uint64_t n)
{
	g_string_append_printf(line, "\t%" G_GUINT64_FORMAT, n);
}

static char *finish_line(GString *text)
{
	uint64_t sum = record_sum(SUM_KIND, text->str, text->len);
	char *line = g_strdup_printf("%016" G_GINT64_MODIFIER "x%s\n", sum,
		text->str);

	g_string_free(text, TRUE);
	return line;
}

char *journal_log_add_line(const struct journal_entry *entry)
{
	GString *line = g_string_new("add");
	char *uids = imap_seqset_to_string(&entry->uids);

	add_number(line, entry->id);
	add_word(line, kinds[entry->kind]);
	add_word(line, steps[entry->step]);
	add_word(line, entry->account);
	add_word(line, entry->mailbox);
	add_number(line, entry->uid_validity);
	add_word(line, uids);
	add_word(line, entry->add ? "+" : "-");
	add_word(line, entry->flags);
	add_word(line, entry->target);
	add_number(line, entry->target_uid_next);
	add_number(line, entry->target_uid_validity);
	add_number(line, (uint64_t)entry->time);
	add_word(line, entry->conflict);
	add_word(line, entry->target_account);
	add_word(line, entry->spool);
	add_word(line, entry->message_id);
	add_number(line, entry->size);
	add_number(line, (uint64_t)entry->internaldate);
	g_free(uids);
	return finish_line(line);
}

char *journal_log_step_line(uint64_t id, enum journal_step step)
{
	GString *line = g_string_new("step");

	add_number(line, id);
	add_word(line, steps[step]);
	return finish_line(line);
}

char *journal_log_target_line(uint64_t id, uint32_t uid_next,
	uint32_t uid_validity)
{
	GString *line = g_string_new("target");

	add_number(line, id);
	add_number(line, uid_next);
	add_number(line, uid_validity);
	return finish_line(line);
}

char *journal_log_conflict_line(uint64_t id, const char *why)
{
	GString *line = g_string_new("conflict");

	add_number(line, id);
	add_word(line, why);
	return finish_line(line);
}

char *journal_log_remove_line(uint64_t id)
{
	GString *line = g_string_new("remove");

	add_number(line, id);
	return finish_line(line);
}

/* --- reading --------------------------------------------------------------- */

/* The words of a line, still escaped; NULL if it is damaged. */
static char **split_line(const char *line)
{
	uint64_t sum;
	char *end = NULL;
	char digits[SUM_DIGITS + 1];

	if (strlen(line) <= SUM_DIGITS)
		return NULL;
	memcpy(digits, line, SUM_DIGITS);
	digits[SUM_DIGITS] = '\0';
	sum = g_ascii_strtoull(digits, &end, 16);
	line += SUM_DIGITS;
	if (*end != '\0' || sum != record_sum(SUM_KIND, line, strlen(line)))
		return NULL;
	return g_strsplit(line, "\t", -1);
}

static char *take_word(const char *word)
{
	return *word == '=' ? g_strcompress(word + 1) : NULL;
}

static uint64_t take_number(const char *word)
{
	return g_ascii_strtoull(word, NULL, 10);
}

static unsigned find_name(const char *const *names, size_t n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (*word == '=' && strcmp(names[i], word + 1) == 0)
			return i;
	return 0;
}

static struct journal_entry *entry_from_words(char **words)
{
	struct journal_entry *entry = g_new0(struct journal_entry, 1);
	char *uids = take_word(words[7]);

	entry->id = take_number(words[1]);
	entry->kind = find_name(kinds, G_N_ELEMENTS(kinds), words[2]);
	entry->step = find_name(steps, G_N_ELEMENTS(steps), words[3]);
	entry->account = take_word(words[4]);
	entry->mailbox = take_word(words[5]);
	entry->uid_validity = (uint32_t)take_number(words[6]);
	imap_seqset_init(&entry->uids);
	if (uids != NULL && *uids != '\0')
		imap_seqset_parse(&entry->uids, uids);
	g_free(uids);
	entry->add = strcmp(words[8], "=+") == 0;
	entry->flags = take_word(words[9]);
	entry->target = take_word(words[10]);
	entry->target_uid_next = (uint32_t)take_number(words[11]);
	entry->target_uid_validity = (uint32_t)take_number(words[12]);
	entry->time = (int64_t)take_number(words[13]);
	entry->conflict = take_word(words[14]);
	if (g_strv_length(words) < ADD_WORDS)
		return entry;
	entry->target_account = take_word(words[15]);
	entry->spool = take_word(words[16]);
	entry->message_id = take_word(words[17]);
	entry->size = take_number(words[18]);
	entry->internaldate = (int64_t)take_number(words[19]);
	return entry;
}

static struct journal_entry *find_entry(GPtrArray *entries, uint64_t id,
	guint *at_out)
{
	for (guint i = entries->len; i > 0; i--) {
		struct journal_entry *entry = entries->pdata[i - 1];

		*at_out = i - 1;
		if (entry->id == id)
			return entry;
	}
	return NULL;
}

static void apply_words(GPtrArray *entries, char **words)
{
	guint n = g_strv_length(words), at = 0;
	struct journal_entry *entry;

	if ((n == ADD_WORDS || n == ADD_WORDS_0_1) &&
		strcmp(words[0], "add") == 0) {
		g_ptr_array_add(entries, entry_from_words(words));
		return;
	}
	entry = n < 2 ? NULL
		: find_entry(entries, take_number(words[1]), &at);
	if (entry == NULL)
		return;
	if (strcmp(words[0], "remove") == 0) {
		g_ptr_array_remove_index(entries, at);
	} else if (n == 3 && strcmp(words[0], "step") == 0) {
		entry->step = find_name(steps, G_N_ELEMENTS(steps), words[2]);
	} else if (n == 4 && strcmp(words[0], "target") == 0) {
		entry->target_uid_next = (uint32_t)take_number(words[2]);
		entry->target_uid_validity = (uint32_t)take_number(words[3]);
	} else if (n == 3 && strcmp(words[0], "conflict") == 0) {
		g_free(entry->conflict);
		entry->conflict = take_word(words[2]);
	}
}

static void free_entry(gpointer data)
{
	struct journal_entry *entry = data;

	journal_entry_free(&entry);
}

static GPtrArray *parse_log(char *text)
{
	GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);
	char **lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		char **words = split_line(*line);

		if (words != NULL)
			apply_words(entries, words);
		g_strfreev(words);
	}
	g_strfreev(lines);
	return entries;
}

/* --- files ----------------------------------------------------------------- */

static bool set_error(GError **error, const char *what, const char *path)
{
	g_set_error(error, CACHE_ERROR, CACHE_ERROR_IO, "%s '%s': %s", what,
		path, g_strerror(errno));
	return false;
}

static struct journal_log *log_new(int fd, const char *path)
{
	struct journal_log *log = g_new0(struct journal_log, 1);

	log->fd = fd;
	log->path = g_strdup(path);
	return log;
}

/* It gets its name when it is locked: nobody else may take it for an orphan. */
struct journal_log *journal_log_create(const char *dir, GError **error)
{
	char *path = g_strdup_printf("%s/" PREFIX "%ld-%08x" SUFFIX, dir,
		(long)getpid(), g_random_int());
	char *hidden = g_strconcat(path, ".new", NULL);
	struct journal_log *log = NULL;
	int fd;

	g_mkdir_with_parents(dir, 0700);
	fd = open(hidden, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		rename(hidden, path) == 0) {
		log = log_new(fd, path);
	} else {
		set_error(error, "cannot make the journal", path);
		if (fd != -1) {
			unlink(hidden);
			close(fd);
		}
	}
	g_free(hidden);
	g_free(path);
	return log;
}

void journal_log_free(struct journal_log **logp)
{
	struct journal_log *log = *logp;

	if (log == NULL)
		return;
	*logp = NULL;
	if (log->pending == 0)
		unlink(log->path);
	close(log->fd);
	g_free(log->path);
	g_free(log);
}

static char *read_all(int fd, int64_t *size_out)
{
	struct stat file;
	char *text;
	int64_t len = 0;
	ssize_t n;

	if (fstat(fd, &file) != 0 || file.st_nlink == 0 ||
		file.st_size > LOG_MAX)
		return NULL;
	text = g_try_malloc((gsize)file.st_size + 1);
	while (text != NULL && len < file.st_size && (n = read(fd, text + len,
			(size_t)(file.st_size - len))) > 0)
		len += n;
	if (text == NULL)
		return NULL;
	text[len] = '\0';
	/* Blocks that were allocated but never written are zeros. */
	for (int64_t i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	*size_out = len;
	return text;
}

static void adopt_file(const char *path, GPtrArray *entries_out,
	GPtrArray *logs_out)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct journal_log *log;
	GPtrArray *entries;
	char *text;

	if (fd == -1)
		return;
	log = log_new(fd, path);
	/* Counts as pending until it is known to be empty. */
	log->pending = 1;
	text = flock(fd, LOCK_EX | LOCK_NB) == 0 ? read_all(fd, &log->size)
						 : NULL;
	if (text == NULL) {
		journal_log_free(&log);
		return;
	}
	log->is_torn = log->size > 0 && text[log->size - 1] != '\n';
	entries = parse_log(text);
	g_free(text);
	log->pending = entries->len;
	for (guint i = 0; i < entries->len; i++) {
		g_ptr_array_add(entries_out, entries->pdata[i]);
		g_ptr_array_add(logs_out, log);
	}
	if (entries->len == 0)
		journal_log_free(&log);
	g_ptr_array_set_free_func(entries, NULL);
	g_ptr_array_unref(entries);
}

static void list_file(const char *path, GPtrArray *entries_out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int64_t size;
	char *text = fd == -1 ? NULL : read_all(fd, &size);
	GPtrArray *entries = text == NULL ? NULL : parse_log(text);

	if (fd != -1)
		close(fd);
	g_free(text);
	if (entries == NULL)
		return;
	g_ptr_array_set_free_func(entries, NULL);
	g_ptr_array_extend_and_steal(entries_out, entries);
}

/* logs_out NULL: they stay whose they are. */
static void each_file(const char *dir, GPtrArray *entries_out,
	GPtrArray *logs_out)
{
	GDir *listing = g_dir_open(dir, 0, NULL);
	const char *name;

	while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
		char *path = g_build_filename(dir, name, NULL);
		bool is_log = g_str_has_prefix(name, PREFIX) &&
			g_str_has_suffix(name, SUFFIX);

		if (is_log && logs_out != NULL)
			adopt_file(path, entries_out, logs_out);
		else if (is_log)
			list_file(path, entries_out);
		g_free(path);
	}
	if (listing != NULL)
		g_dir_close(listing);
}

void journal_log_adopt(const char *dir, GPtrArray *entries_out,
	GPtrArray *logs_out)
{
	each_file(dir, entries_out, logs_out);
}

void journal_log_list(const char *dir, GPtrArray *entries_out)
{
	each_file(dir, entries_out, NULL);
}

static bool write_all(int fd, const char *text, size_t len, int64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, text, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
		at += n;
	}
	return true;
}

bool journal_log_append(struct journal_log *log, const char *line, int pending,
	GError **error)
{
	char *text = g_strconcat(log->is_torn ? "\n" : "", line, NULL);
	size_t len = strlen(text);
	bool is_written;

	/* Fewer pending is a fact, written or not. */
	if (pending < 0)
		log->pending -= MIN(log->pending, (unsigned)-pending);
	is_written = write_all(log->fd, text, len, log->size);
	g_free(text);
	if (!is_written) {
		set_error(error, "cannot write the journal", log->path);
		/* What is left of it if this fails fails its checksum. */
		if (ftruncate(log->fd, log->size) != 0)
			log->is_torn = true;
		return false;
	}
	log->is_torn = false;
	log->size += (int64_t)len;
	if (pending > 0)
		log->pending += (unsigned)pending;
	return true;
}

bool journal_log_sync(struct journal_log *log, GError **error)
{
	/* Nothing pending: nothing to keep, and an end to growth. */
	if (log->pending == 0 && log->size > 0 &&
		ftruncate(log->fd, 0) == 0) {
		log->size = 0;
		log->is_torn = false;
	}
	if (fdatasync(log->fd) == 0)
		return true;
	return set_error(error, "cannot write the journal", log->path);
}

bool journal_log_is_empty(const struct journal_log *log)
{
	return log->pending == 0;
}
