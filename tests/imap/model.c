/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/model.h"
#include "src/imap/flag.h"
#include "src/session/timing.h"
#include "tests/imap/model-priv.h"

#include <glib-unix.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char first_date[] = "17-Jul-2026 02:44:25 +0000";

/* --- messages and mailboxes ------------------------------------------------ */

static void message_free(gpointer data)
{
	struct model_message *message = data;

	g_ptr_array_unref(message->keywords);
	g_bytes_unref(message->octets);
	g_free(message->date);
	g_free(message);
}

static void mailbox_free(gpointer data)
{
	struct model_mailbox *mailbox = data;

	g_ptr_array_unref(mailbox->messages);
	g_free(mailbox->name);
	g_free(mailbox->use);
	g_free(mailbox);
}

struct model_mailbox *model_find(struct model *model, const char *name)
{
	for (guint i = 0; i < model->mailboxes->len; i++) {
		struct model_mailbox *mailbox = model->mailboxes->pdata[i];

		if (strcmp(mailbox->name, name) == 0)
			return mailbox;
	}
	return NULL;
}

struct model_message *model_at(const struct model_mailbox *mailbox,
	uint32_t uid)
{
	for (guint i = 0; i < mailbox->messages->len; i++) {
		struct model_message *message = mailbox->messages->pdata[i];

		if (message->uid == uid)
			return message;
	}
	return NULL;
}

bool model_has(const struct model *model, const char *capability)
{
	return g_strv_contains((const char *const *)model->capabilities,
		capability);
}

struct model_message *model_store(struct model *model,
	struct model_mailbox *mailbox, unsigned system, char **keywords,
	const char *date, GBytes *octets)
{
	struct model_message *message = g_new0(struct model_message, 1);

	message->uid = mailbox->uid_next++;
	message->system = system;
	message->keywords = g_ptr_array_new_with_free_func(g_free);
	for (; keywords != NULL && *keywords != NULL; keywords++)
		g_ptr_array_add(message->keywords, g_strdup(*keywords));
	message->date = g_strdup(date != NULL ? date : first_date);
	message->octets = g_bytes_ref(octets);
	message->mod_seq = ++model->mod_seq;
	g_ptr_array_add(mailbox->messages, message);
	return message;
}

void model_remove(struct model *model, struct model_mailbox *mailbox,
	uint32_t uid)
{
	model->mod_seq++;
	g_ptr_array_remove(mailbox->messages, model_at(mailbox, uid));
}

/* --- connections ----------------------------------------------------------- */

static void hang_up(struct model_peer *peer)
{
	source_clear(&peer->in_source);
	source_clear(&peer->out_source);
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
	peer->selected = NULL;
	peer->is_idle = false;
}

static void peer_free(gpointer data)
{
	struct model_peer *peer = data;

	hang_up(peer);
	g_string_free(peer->in, TRUE);
	g_string_free(peer->out, TRUE);
	g_array_unref(peer->view);
	g_free(peer->tag);
	g_free(peer);
}

/* Of len octets that are about to go, how many may. */
static size_t let_pass(struct model *model, size_t len, bool *is_cut_out)
{
	uint64_t left = model->cut_at - model->octets - 1;

	*is_cut_out = model->cut_at > model->octets && left < len;
	if (*is_cut_out)
		len = (size_t)left;
	model->octets += len;
	return len;
}

static void cut(struct model_peer *peer)
{
	struct model *model = peer->model;

	model->cut_at = 0;
	if (model->on_cut != NULL)
		model->on_cut(model->cut_data);
	hang_up(peer);
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
	struct model_peer *peer = data;
	bool is_cut;
	size_t len = let_pass(peer->model, peer->out->len, &is_cut);
	ssize_t n = send(fd, peer->out->str, len, MSG_NOSIGNAL);

	(void)condition;
	peer->model->octets -= len - (size_t)MAX(n, 0);
	if (is_cut && n == (ssize_t)len) {
		cut(peer);
		return G_SOURCE_CONTINUE;
	}
	if (n > 0)
		g_string_erase(peer->out, 0, n);
	if (n < 0 || (peer->out->len == 0 && peer->is_closing)) {
		hang_up(peer);
		return G_SOURCE_CONTINUE;
	}
	if (peer->out->len > 0)
		return G_SOURCE_CONTINUE;
	peer->out_source = 0;
	return G_SOURCE_REMOVE;
}

static void want_output(struct model_peer *peer)
{
	if (peer->out_source == 0 && peer->fd >= 0 && peer->out->len > 0)
		peer->out_source = g_unix_fd_add(peer->fd, G_IO_OUT,
			on_writable, peer);
}

void model_say_octets(struct model_peer *peer, const void *octets, size_t len)
{
	g_string_append_len(peer->out, octets, (gssize)len);
	want_output(peer);
}

void model_say(struct model_peer *peer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(peer->out, format, args);
	va_end(args);
	want_output(peer);
}

/* The literal's length that a line ends with; false: none. */
static bool ends_in_literal(const struct model_peer *peer, const char *line,
	const char *end, size_t *n_out, bool *waits_out)
{
	const char *open = end;
	char *stop;

	if (end == line || end[-1] != '}')
		return false;
	while (open > line && *open != '{')
		open--;
	*n_out = strtoul(open + 1, &stop, 10);
	*waits_out = *stop != '+';
	g_assert_true(*waits_out || model_has(peer->model, "LITERAL+") ||
		(model_has(peer->model, "LITERAL-") && *n_out <= 4096));
	return *open == '{' && stop + (*waits_out ? 0 : 1) == end - 1;
}

/* The length of the first whole command in what was heard; 0: not all there. */
static size_t command_length(struct model_peer *peer)
{
	const char *start = peer->in->str, *line = start, *end;

	while ((end = strstr(line, "\r\n")) != NULL) {
		size_t n, at = (size_t)(end - start) + 2;
		bool waits;

		if (!ends_in_literal(peer, line, end, &n, &waits))
			return at;
		if (waits && peer->asked < at) {
			peer->asked = at;
			model_say(peer, "+ go on\r\n");
		}
		if (peer->in->len - at < n)
			return 0;
		line = start + at + n;
	}
	return 0;
}

static void take_commands(struct model_peer *peer)
{
	size_t len;

	while (peer->fd >= 0 && !peer->is_closing &&
		(len = command_length(peer)) > 0) {
		char *command = g_memdup2(peer->in->str, len);

		g_string_erase(peer->in, 0, (gssize)len);
		peer->asked = 0;
		command[len - 2] = '\0';
		model_command(peer, command, len - 2);
		g_free(command);
	}
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	struct model_peer *peer = data;
	char octets[4096];
	bool is_cut;
	ssize_t n = read(fd, octets, sizeof(octets));

	(void)condition;
	if (n <= 0) {
		hang_up(peer);
		return G_SOURCE_CONTINUE;
	}
	n = (ssize_t)let_pass(peer->model, (size_t)n, &is_cut);
	g_string_append_len(peer->in, octets, n);
	take_commands(peer);
	if (is_cut)
		cut(peer);
	return G_SOURCE_CONTINUE;
}

void model_serve(struct model *model, int fd)
{
	struct model_peer *peer = g_new0(struct model_peer, 1);

	peer->model = model;
	peer->fd = fd;
	peer->in = g_string_new(NULL);
	peer->out = g_string_new(NULL);
	peer->view = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_unix_set_fd_nonblocking(fd, TRUE, NULL);
	peer->in_source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_readable,
		peer);
	g_ptr_array_add(model->peers, peer);
	model_say(peer, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN%s] hello\r\n",
		model_has(model, "SASL-IR") ? " SASL-IR" : "");
}

static GPtrArray *here; /* of struct model *, that have a port */

static struct model *model_of_port(unsigned port)
{
	for (guint i = 0; i < here->len; i++) {
		struct model *model = here->pdata[i];

		if (model->port == port)
			return model;
	}
	return NULL;
}

static int connect_here(const char *host, unsigned port, void *data)
{
	struct model *model = model_of_port(port);
	int fds[2];

	(void)host;
	(void)data;
	if (model == NULL || model->refuses || socketpair(AF_UNIX,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
		return -1;
	model_serve(model, fds[0]);
	return fds[1];
}

void model_take_port(struct model *model, unsigned port)
{
	if (here == NULL)
		here = g_ptr_array_new();
	model->port = port;
	g_ptr_array_add(here, model);
	session_set_connector(connect_here, NULL);
}

/* --- other processes ------------------------------------------------------- */

static int unix_socket(const char *dir, unsigned port,
	struct sockaddr_un *address_out)
{
	*address_out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	g_snprintf(address_out->sun_path, sizeof(address_out->sun_path),
		"%s/%u", dir, port);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static gboolean on_connection(gint fd, GIOCondition condition, gpointer data)
{
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

	(void)condition;
	if (peer >= 0)
		model_serve(data, peer);
	return G_SOURCE_CONTINUE;
}

void model_listen(struct model *model, const char *dir, unsigned port)
{
	struct sockaddr_un address;

	model->listen_fd = unix_socket(dir, port, &address);
	g_assert_cmpint(bind(model->listen_fd, (struct sockaddr *)&address,
		sizeof(address)), ==, 0);
	g_assert_cmpint(listen(model->listen_fd, 16), ==, 0);
	model->listener = g_unix_fd_add(model->listen_fd, G_IO_IN,
		on_connection, model);
}

static int connect_there(const char *host, unsigned port, void *data)
{
	struct sockaddr_un address;
	int fd = unix_socket(data, port, &address);

	(void)host;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

void model_connect_to(const char *dir)
{
	session_set_connector(connect_there, (void *)dir);
}

/* --- life ------------------------------------------------------------------ */

struct model *model_new(const char *capabilities)
{
	struct model *model = g_new0(struct model, 1);

	model->capabilities = g_strsplit(capabilities, " ", -1);
	model->mailboxes = g_ptr_array_new_with_free_func(mailbox_free);
	model->peers = g_ptr_array_new_with_free_func(peer_free);
	model->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	model->last_validity = 1000;
	model->listen_fd = -1;
	model_create(model, "INBOX", NULL);
	return model;
}

void model_free(struct model **modelp)
{
	struct model *model = *modelp;

	*modelp = NULL;
	if (model->port != 0)
		g_ptr_array_remove(here, model);
	source_clear(&model->listener);
	if (model->listen_fd >= 0)
		close(model->listen_fd);
	g_ptr_array_unref(model->peers);
	g_ptr_array_unref(model->mailboxes);
	g_hash_table_unref(model->counts);
	g_strfreev(model->capabilities);
	g_free(model->answered);
	g_free(model->answer);
	g_free(model);
}

void model_create(struct model *model, const char *name, const char *use)
{
	struct model_mailbox *mailbox = model_find(model, name);

	/* Who has the former one selected loses the connection. */
	for (guint i = 0; i < model->peers->len; i++) {
		struct model_peer *peer = model->peers->pdata[i];

		if (mailbox != NULL && peer->selected == mailbox)
			hang_up(peer);
	}
	if (mailbox != NULL)
		g_ptr_array_remove(model->mailboxes, mailbox);
	mailbox = g_new0(struct model_mailbox, 1);
	mailbox->name = g_strdup(name);
	mailbox->use = g_strdup(use);
	mailbox->uid_validity = ++model->last_validity;
	mailbox->uid_next = 1;
	mailbox->messages = g_ptr_array_new_with_free_func(message_free);
	g_ptr_array_add(model->mailboxes, mailbox);
}

uint32_t model_add(struct model *model, const char *mailbox, const char *flags,
	const char *message)
{
	GBytes *octets = g_bytes_new(message, strlen(message));
	char **words = g_strsplit(flags, " ", -1), **keywords;
	unsigned system = model_flags(words, &keywords);
	uint32_t uid = model_store(model, model_find(model, mailbox), system,
		keywords, NULL, octets)->uid;

	g_strfreev(keywords);
	g_strfreev(words);
	g_bytes_unref(octets);
	return uid;
}

uint32_t model_add_subject(struct model *model, const char *mailbox,
	const char *flags, const char *subject)
{
	char *text = g_strdup_printf("From: Ada <ada@example.org>\r\n"
		"Subject: %s\r\nMessage-ID: <%s@example.org>\r\n\r\n%s.\r\n",
		subject, subject, subject);
	uint32_t uid = model_add(model, mailbox, flags, text);

	g_free(text);
	return uid;
}

void model_expunge(struct model *model, const char *mailbox, uint32_t uid)
{
	model_remove(model, model_find(model, mailbox), uid);
}

uint32_t model_n_messages(struct model *model, const char *mailbox)
{
	return model_find(model, mailbox)->messages->len;
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *describe(const struct model_mailbox *mailbox,
	const struct model_message *message)
{
	char *id = model_header(message, "Message-ID");
	GString *line = g_string_new(mailbox->name);

	g_string_append_printf(line, " %s", id != NULL ? id : "-");
	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if ((message->system & bit) != 0)
			g_string_append_printf(line, " %s",
				imap_flag_name((enum imap_flag)bit));
	g_ptr_array_sort(message->keywords, compare_texts);
	for (guint i = 0; i < message->keywords->len; i++)
		g_string_append_printf(line, " %s",
			(char *)message->keywords->pdata[i]);
	g_string_append_printf(line, " %s %zu", strcmp(message->date,
		first_date) == 0 ? first_date : "another date", g_bytes_get_size(message->octets));
	g_free(id);
	return g_string_free(line, FALSE);
}

char *model_dump(struct model *model)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	char *dump;

	for (guint i = 0; i < model->mailboxes->len; i++) {
		const struct model_mailbox *mailbox =
			model->mailboxes->pdata[i];

		for (guint j = 0; j < mailbox->messages->len; j++)
			g_ptr_array_add(lines, describe(mailbox,
				mailbox->messages->pdata[j]));
	}
	g_ptr_array_sort(lines, compare_texts);
	g_ptr_array_add(lines, NULL);
	dump = g_strjoinv("\n", (char **)lines->pdata);
	g_ptr_array_unref(lines);
	return dump;
}

/* --- trouble --------------------------------------------------------------- */

uint64_t model_octets(const struct model *model)
{
	return model->octets;
}

void model_cut_at(struct model *model, uint64_t n)
{
	model->cut_at = n;
}

void model_on_cut(struct model *model, void (*fn)(void *data), void *data)
{
	model->on_cut = fn;
	model->cut_data = data;
}

void model_refuse(struct model *model, bool refuses)
{
	model->refuses = refuses;
}

void model_drop(struct model *model)
{
	for (guint i = 0; i < model->peers->len; i++)
		hang_up(model->peers->pdata[i]);
}

void model_silence(struct model *model)
{
	for (guint i = 0; i < model->peers->len; i++) {
		struct model_peer *peer = model->peers->pdata[i];

		source_clear(&peer->in_source);
		source_clear(&peer->out_source);
	}
}

void model_answer(struct model *model, const char *command, const char *line)
{
	g_free(model->answered);
	g_free(model->answer);
	model->answered = g_strdup(command);
	model->answer = g_strdup(line);
}

unsigned model_n_commands(const struct model *model, const char *command)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(model->counts, command));
}
