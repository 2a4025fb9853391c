/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one list of capabilities is capability.def: a row is the name on the
 * wire, the RFC, what the engine must know, and what is done without it. Rows with
 * "without" are those that this version acts on.
 */
#ifndef CULVER_IMAP_CAPABILITY_H
#define CULVER_IMAP_CAPABILITY_H

#include "src/base/base.h"

struct imap_arg;

enum imap_capability {
#define CAPABILITY(id, name, rfc, ...) IMAP_CAP_##id,
#include "src/imap/capability.def"
#undef CAPABILITY
	IMAP_N_CAPABILITIES
};

struct imap_capability_row {
	const char *name; /* "LITERAL+" */
	unsigned rfc;     /* 0: no RFC has it */
	const char *summary; /* what it is for */
	/* What is done where it is not offered; NULL: this version does not
	 * act on it even where it is ... */
	const char *without;
	/* ... and why it does not. Every row has one of the two. */
	const char *unused;
	/* A regular expression (POSIX, extended): a line of the trace that
	 * matches shows it at work. NULL: no line can. */
	const char *trace;
	bool enable;      /* must be turned on by ENABLE (RFC 5161) */
	/* Where that one is offered, this one has nothing to do. */
	bool has_better;
	enum imap_capability better;
	bool is_login;    /* about logging in: told before it, if at all */
	bool has_value;   /* announced as NAME=VALUE, or as the bare NAME */
	/* Capabilities that this one brings along (rev2: many). */
	const enum imap_capability *implies;
	size_t n_implies;
};

struct imap_capabilities {
	uint64_t bits[(IMAP_N_CAPABILITIES + 63) / 64];
	/* Names (char *) that no row has ("AUTH=PLAIN", "XSERVER"), and those
	 * with a value ("APPENDLIMIT=1000"); NULL until needed. */
	GPtrArray *unknown;
};

extern const struct imap_capability_row imap_capability_table[IMAP_N_CAPABILITIES];

void imap_capabilities_init(struct imap_capabilities *caps);
void imap_capabilities_release(struct imap_capabilities *caps);
void imap_capabilities_clear(struct imap_capabilities *caps);
/* From a CAPABILITY response's or code's arguments, instead of what was there;
 * implied ones are set too. */
void imap_capabilities_set_args(struct imap_capabilities *caps,
	const struct imap_arg *args, size_t n);
/* The same from names with spaces between, and back: those that were named,
 * and those that they imply. Free with g_free(). */
void imap_capabilities_set_string(struct imap_capabilities *caps,
	const char *names);
char *imap_capabilities_to_string(const struct imap_capabilities *caps);
/* As the server writes it: a row's, with a value or not, or an unknown one. */
void imap_capabilities_add_name(struct imap_capabilities *caps,
	const char *name);
/* Those of more, too. */
void imap_capabilities_add_all(struct imap_capabilities *caps,
	const struct imap_capabilities *more);
bool imap_capabilities_has(const struct imap_capabilities *caps,
	enum imap_capability cap);
void imap_capabilities_add(struct imap_capabilities *caps,
	enum imap_capability cap);
void imap_capabilities_remove(struct imap_capabilities *caps,
	enum imap_capability cap);
/* The number behind NAME=, 0 if there is none. */
uint64_t imap_capabilities_number(const struct imap_capabilities *caps,
	enum imap_capability cap);
/* Of any kind: "QRESYNC", "AUTH=PLAIN". */
void imap_capabilities_remove_name(struct imap_capabilities *caps,
	const char *name);
/* Case-insensitive, with or without a value; -1 if no row has the name. */
int imap_capability_from_name(const char *name);

#endif
