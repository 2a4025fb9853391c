/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A visit: a client on a pseudo terminal with one of the generated mailboxes
 * open, seen from outside. Times are milliseconds; a wait that gets to the
 * limit says so by VISIT_LATE, and prints the screen as lines with "#". What a measure found is printed at once, as a
 * line "name<TAB>value", ">limit" where it was late.
 */
#ifndef CULVER_BENCH_VISIT_H
#define CULVER_BENCH_VISIT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/bench/harness/client.h"
#include "tests/bench/harness/live.h"
#include "tests/pty/tty.h"

#define VISIT_LATE (-1.0)

/* What all visits of a run share; from the environment, see README. */
struct setup {
	unsigned count;         /* messages of the mailbox */
	unsigned delay_ms;      /* added to each round trip */
	unsigned limit_ms;      /* nothing is waited for any longer */
	unsigned port;          /* the server's own, in the clear */
	int proxy;              /* its process */
	const char *user, *password;
	const struct client *client;
	const struct live *live;
};

struct visit {
	const struct setup *setup;
	const struct client *client;
	struct tty *tty;
	struct live before;     /* the proxy's counters at the start */
	int64_t start_us;
	/* When the list changed last: processor time until then, in ms, and
	 * what the proxy had passed in. */
	double list_cpu;
	uint64_t list_in;
};

/* What the rows show whose subject is one of the generated. */
struct shown {
	guint list;             /* hash of which message is in which row */
	guint look;             /* the same with colours and the cursor */
	unsigned n_rows, n_rare;
	unsigned least, most;   /* numbers of messages */
};

/* Starts the client; it shows nothing yet. */
void visit_start(struct visit *visit, const struct setup *setup);
/* Ends it by its own key, or by force, and prints NAME.cpu and NAME.peak of the
 * whole visit. */
void visit_end(struct visit *visit, const char *name);

/* From the start until the newest message is in the list and the list was the
 * same for a while; the moment of its last change. */
double visit_first_screen(struct visit *visit);
/* From the start until nothing was done any more: no octet through the proxy or
 * to the terminal, no work of the processor, nothing said of loading. */
double visit_quiet(struct visit *visit);
/* Types the keys and waits for another list, until it is the same for a while.
 * From the key to its last change. At a form feed the typing waits until the
 * list is another one. */
double visit_list_change(struct visit *visit, const char *keys);
/* Types the keys and waits until the text of a message shows, another one than
 * before where other is set. */
double visit_text(struct visit *visit, const char *keys, bool other);
/* Types a key that moves the cursor, until that shows. */
double visit_cursor(struct visit *visit, const char *key);
/* Lets the client run on for so long. */
void visit_pass(struct visit *visit, unsigned ms);

struct shown visit_shown(struct visit *visit);

void visit_print(const struct visit *visit, const char *name, const char *what,
	double value);
/* Octets and flights of the proxy since the start, or since they were counted
 * anew; memory now. */
void visit_count_anew(struct visit *visit);
void visit_print_wire(const struct visit *visit, const char *name);
void visit_print_memory(const struct visit *visit, const char *name);
/* Processor time that the client has used until now, ms. */
double visit_cpu(const struct visit *visit);

#endif
