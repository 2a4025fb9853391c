/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hinder-server COUNT: an IMAP server whose one mailbox has COUNT messages,
 * "bench message N" in threads of up to six, made as they are asked for: a
 * million cost it nothing. It listens on a free port of 127.0.0.1, prints it,
 * and takes everybody as logged in; each connection is a process of its own.
 *
 * Message 1 has an attachment of 50 MB. Where a flag is set the server tells
 * of changes without end before it answers.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	ATTACHMENT = 50 * 1000 * 1000,
	SPACING = 600, /* seconds between messages */
	LINE = 65536,
};

static unsigned long count;
static time_t newest;
static FILE *in, *out;

/* --- what a message is ---------------------------------------------------- */

/* As a message has it, or as INTERNALDATE does. */
static void put_date(unsigned long n, bool is_internal)
{
	time_t when = newest - (time_t)(count - n) * SPACING;
	struct tm tm;
	char text[64];

	gmtime_r(&when, &tm);
	if (is_internal)
		strftime(text, sizeof(text), "%d-%b-%Y %H:%M:%S +0000", &tm);
	else
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	fprintf(out, "\"%s\"", text);
}

static void put_address(unsigned long n)
{
	fprintf(out, "((\"Person %lu\" NIL \"p%lu\" \"example.org\"))",
		n * 7 % 300, n * 7 % 300);
}

static void put_envelope(unsigned long n)
{
	fputs(" ENVELOPE (", out);
	put_date(n, false);
	fprintf(out, " \"%sbench message %lu\" ", n % 6 ? "Re: " : "", n);
	put_address(n);
	fputc(' ', out);
	put_address(n);
	fputc(' ', out);
	put_address(n);
	fputs(" ((NIL NIL \"list\" \"example.org\")) NIL NIL ", out);
	if (n % 6 != 0)
		fprintf(out, "\"<%lu@example.org>\"", n - n % 6);
	else
		fputs("NIL", out);
	fprintf(out, " \"<%lu@example.org>\")", n);
}

static void put_references(unsigned long n)
{
	char text[64] = "\r\n";

	if (n % 6 != 0)
		snprintf(text, sizeof(text),
			"References: <%lu@example.org>\r\n\r\n", n - n % 6);
	fprintf(out, " BODY[HEADER.FIELDS (REFERENCES)] {%zu}\r\n%s",
		strlen(text), text);
}

static void put_structure(unsigned long n)
{
	static const char text[] = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" "
		"\"us-ascii\") NIL NIL \"7BIT\" 12 1)";

	if (n == 1)
		fprintf(out, " BODYSTRUCTURE (%s(\"APPLICATION\" "
			"\"OCTET-STREAM\" (\"NAME\" \"big.bin\") NIL NIL "
			"\"BASE64\" %d NIL (\"ATTACHMENT\" (\"FILENAME\" "
			"\"big.bin\"))) \"MIXED\")", text, ATTACHMENT);
	else
		fprintf(out, " BODYSTRUCTURE %s", text);
}

/* Octets of a section: base64 without line ends, or a short text. */
static void put_section(unsigned long n, const char *items)
{
	const char *name = strchr(items, '['), *end = strchr(items, ']');
	unsigned long from = 0, size = strlen("Hello there\n"), most = size;
	bool is_attachment = n == 1 && name[1] == '2';

	if (is_attachment)
		most = size = ATTACHMENT;
	fprintf(out, " BODY%.*s", (int)(end - name + 1), name);
	if (end[1] == '<') {
		sscanf(end, "]<%lu.%lu>", &from, &size);
		fprintf(out, "<%lu>", from);
	}
	from = from < most ? from : most;
	size = size < most - from ? size : most - from;
	fprintf(out, " {%lu}\r\n", size);
	for (unsigned long i = 0; i < size; i++)
		fputc(is_attachment ? 'A' : "Hello there\n"[from + i], out);
}

static void put_row(unsigned long n, const char *items)
{
	fprintf(out, "* %lu FETCH (UID %lu", n, n);
	if (strstr(items, "FLAGS") != NULL)
		fprintf(out, " FLAGS (%s)", n % 4 ? "\\Seen" : "");
	if (strstr(items, "INTERNALDATE") != NULL) {
		fputs(" INTERNALDATE ", out);
		put_date(n, true);
	}
	if (strstr(items, "RFC822.SIZE") != NULL)
		fprintf(out, " RFC822.SIZE %lu", 400 + n % 1000);
	if (strstr(items, "ENVELOPE") != NULL)
		put_envelope(n);
	if (strstr(items, "BODYSTRUCTURE") != NULL)
		put_structure(n);
	if (strstr(items, "(REFERENCES)") != NULL)
		put_references(n);
	else if (strchr(items, '[') != NULL)
		put_section(n, items);
	fputs(")\r\n", out);
}

/* --- commands ------------------------------------------------------------- */

static unsigned long number(const char **at)
{
	char *end;
	unsigned long n;

	if (**at == '*') {
		++*at;
		return count;
	}
	n = strtoul(*at, &end, 10);
	*at = end;
	return n < count ? n : count;
}

/* UIDs are the numbers of the messages, so both kinds of FETCH are alike. */
static void fetch(const char *set)
{
	const char *items = strchr(set, ' ');

	while (items != NULL && isdigit((unsigned char)*set)) {
		unsigned long first = number(&set), last = first;

		if (*set == ':') {
			set++;
			last = number(&set);
		}
		for (unsigned long n = first; n >= 1 && n <= last; n++)
			put_row(n, items);
		set += *set == ',';
	}
}

static void search(const char *tag, const char *keys)
{
	bool is_unseen = strstr(keys, "UNSEEN") != NULL;

	fprintf(out, "* ESEARCH (TAG \"%s\") UID ALL ", tag);
	if (!is_unseen)
		fprintf(out, "1:%lu", count);
	for (unsigned long n = 4; is_unseen && n <= count; n += 4)
		fprintf(out, n > 4 ? ",%lu" : "%lu", n);
	fputs("\r\n", out);
}

static void flood(void)
{
	for (unsigned long i = 0; !ferror(out); i++)
		fprintf(out, "* %lu FETCH (FLAGS (\\Seen k%lu))\r\n",
			count - i % (count < 100 ? count : 100), i % 7);
}

static void select_mailbox(void)
{
	fprintf(out, "* FLAGS (\\Seen \\Flagged \\Deleted)\r\n* %lu EXISTS\r\n"
		"* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Deleted \\*)] .\r\n"
		"* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT %lu] .\r\n",
		count, count + 1);
}

static void status(void)
{
	fprintf(out, "* STATUS INBOX (MESSAGES %lu UNSEEN %lu UIDNEXT %lu "
		"UIDVALIDITY 1)\r\n", count, count / 4, count + 1);
}

static bool starts(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

/* Without a word until the client says DONE. */
static void idle(void)
{
	char line[LINE];

	fputs("+ idling\r\n", out);
	fflush(out);
	if (fgets(line, sizeof(line), in) == NULL)
		exit(0);
}

static void answer(const char *tag, const char *command)
{
	const char *rest = starts(command, "UID ") ? command + 4 : command;

	if (starts(command, "LIST"))
		fputs("* LIST () \"/\" INBOX\r\n", out);
	else if (starts(command, "STATUS"))
		status();
	else if (starts(command, "SELECT"))
		select_mailbox();
	else if (starts(rest, "FETCH "))
		fetch(rest + 6);
	else if (starts(rest, "SEARCH "))
		search(tag, rest);
	else if (starts(rest, "STORE "))
		flood();
	else if (starts(command, "IDLE"))
		idle();
	fprintf(out, "%s OK done\r\n", tag);
	fflush(out);
}

static void serve(int fd)
{
	char line[LINE], tag[32];
	int at;

	in = fdopen(fd, "r");
	out = fdopen(dup(fd), "w");
	fputs("* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH IDLE UIDPLUS] .\r\n", out);
	fflush(out);
	while (fgets(line, sizeof(line), in) != NULL && !ferror(out)) {
		if (sscanf(line, "%31s %n", tag, &at) < 1)
			return;
		answer(tag, line + at);
		if (starts(line + at, "LOGOUT"))
			return;
	}
}

static int listen_here(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
		listen(fd, 16) != 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
		perror("hinder-server");
		exit(1);
	}
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

int main(int argc, char **argv)
{
	int listener, fd;

	count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (count == 0) {
		fprintf(stderr, "usage: hinder-server COUNT\n");
		return 2;
	}
	newest = time(NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	listener = listen_here();
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (fork() == 0) {
			serve(fd);
			return 0;
		}
		close(fd);
	}
	return 1;
}
