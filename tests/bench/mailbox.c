/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox DIR COUNT: a Maildir with COUNT small messages, the same every time:
 * "bench message N", from a few hundred people, in threads of up to six, three
 * quarters of them read. The newest is number COUNT. A thousand, spread evenly
 * (of less than 10 000: every tenth), are "rare bench message N".
 *
 * mailbox -m FILE COUNT: an mbox with the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const first[] = {
	"Ada", "Grace", "Alan", "Barbara", "Edsger", "Donald", "Hedy", "Konrad",
	"Katherine", "Niklaus", "Radia", "Tony", "Margaret", "John", "Frances",
};
static const char *const last[] = {
	"Lovelace", "Hopper", "Turing", "Liskov", "Dijkstra", "Knuth", "Lamarr",
	"Zuse", "Johnson", "Wirth", "Perlman", "Hoare", "Hamilton", "Backus",
	"Allen", "Менделеев", "Ковалевская", "湯川",
};
enum { N_FIRST = sizeof(first) / sizeof(*first),
	N_LAST = sizeof(last) / sizeof(*last), SPACING = 600 };

/* A number that looks random and is not. */
static unsigned scramble(unsigned n)
{
	n ^= n >> 16;
	n *= 0x7feb352du;
	n ^= n >> 15;
	n *= 0x846ca68bu;
	return n ^ n >> 16;
}

static void write_message(FILE *out, unsigned n, unsigned spacing, time_t when)
{
	unsigned r = scramble(n), root = n - n % 6;
	char date[64];

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", gmtime(&when));
	fprintf(out, "Date: %s\nFrom: %s %s <p%u@example.org>\n", date,
		first[r % N_FIRST], last[r / 16 % N_LAST], r % 300);
	fprintf(out, "To: list@example.org\nSubject: %s%sbench message %u\n",
		n % 6 != 0 ? "Re: " : "", n % spacing == spacing / 2 ? "rare " : "",
		n);
	fprintf(out, "Message-ID: <%u.%08x@example.org>\n", n, scramble(n + 1));
	if (n % 6 != 0)
		fprintf(out, "In-Reply-To: <%u.%08x@example.org>\n"
			"References: <%u.%08x@example.org>\n",
			root, scramble(root + 1), root, scramble(root + 1));
	fprintf(out, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
		"This is message %u of a mailbox made for measuring.\n", n);
	for (unsigned i = 0; i < r % 12; i++)
		fprintf(out, "Line %u tells nothing new, at some length.\n", i);
}

/* Every which message is rare. */
static unsigned rare(unsigned count)
{
	return count < 10000 ? 10 : count / 1000;
}

static int fail(const char *path)
{
	fprintf(stderr, "mailbox: %s: %s\n", path, strerror(errno));
	return 1;
}

static int write_maildir(const char *dir, unsigned count, time_t start)
{
	static const char *const parts[] = { "cur", "new", "tmp" };
	char path[4096];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return fail(path);
	}
	for (unsigned n = 1; n <= count; n++) {
		time_t when = start + (time_t)n * SPACING;
		struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
		FILE *out;

		snprintf(path, sizeof(path), "%s/cur/%ld.M%u.bench:2,%s",
			dir, (long)when, n, n % 4 ? "S" : "");
		out = fopen(path, "w");
		if (out == NULL)
			return fail(path);
		write_message(out, n, rare(count), when);
		fflush(out);
		futimens(fileno(out), times);
		fclose(out);
	}
	return 0;
}

/* The header of an mbox has the flags, and its "From " the INTERNALDATE. */
static int write_mbox(const char *path, unsigned count, time_t start)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return fail(path);
	for (unsigned n = 1; n <= count; n++) {
		time_t when = start + (time_t)n * SPACING;

		fprintf(out, "From bench@example.org %sStatus: %s\n",
			asctime(gmtime(&when)), n % 4 ? "RO" : "O");
		write_message(out, n, rare(count), when);
		fputc('\n', out);
	}
	return fclose(out) == 0 ? 0 : fail(path);
}

int main(int argc, char **argv)
{
	int is_mbox = argc == 4 && strcmp(argv[1], "-m") == 0;
	unsigned count = argc == 3 + is_mbox ?
		(unsigned)strtoul(argv[2 + is_mbox], NULL, 10) : 0;
	time_t start = time(NULL) - (time_t)count * SPACING;

	if (count == 0) {
		fprintf(stderr, "usage: mailbox DIR COUNT | -m FILE COUNT\n");
		return 2;
	}
	return is_mbox ? write_mbox(argv[2], count, start) :
		write_maildir(argv[1], count, start);
}
