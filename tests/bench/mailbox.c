/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox DIR COUNT: a Maildir with COUNT small messages, the same every time:
 * "bench message N", from a few hundred people, in threads of up to six, three
 * quarters of them read. The newest is number COUNT.
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

static void write_message(FILE *out, unsigned n, time_t when)
{
	unsigned r = scramble(n), root = n - n % 6;
	char date[64];

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", gmtime(&when));
	fprintf(out, "Date: %s\nFrom: %s %s <p%u@example.org>\n", date,
		first[r % N_FIRST], last[r / 16 % N_LAST], r % 300);
	fprintf(out, "To: list@example.org\nSubject: %sbench message %u\n",
		n % 6 != 0 ? "Re: " : "", n);
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

static int fail(const char *path)
{
	fprintf(stderr, "mailbox: %s: %s\n", path, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	time_t start = time(NULL) - (time_t)count * SPACING;
	char path[4096];

	if (count == 0) {
		fprintf(stderr, "usage: mailbox DIR COUNT\n");
		return 2;
	}
	for (unsigned i = 0; i < 3; i++) {
		static const char *const parts[] = { "cur", "new", "tmp" };

		snprintf(path, sizeof(path), "%s/%s", argv[1], parts[i]);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return fail(path);
	}
	for (unsigned n = 1; n <= count; n++) {
		time_t when = start + (time_t)n * SPACING;
		struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
		FILE *out;

		snprintf(path, sizeof(path), "%s/cur/%ld.M%u.bench:2,%s",
			argv[1], (long)when, n, n % 4 ? "S" : "");
		out = fopen(path, "w");
		if (out == NULL)
			return fail(path);
		write_message(out, n, when);
		fflush(out);
		futimens(fileno(out), times);
		fclose(out);
	}
	return 0;
}
