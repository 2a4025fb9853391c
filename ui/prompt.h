/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions: a line to edit (with history and completion), a secret, yes or
 * no, one of a few keys. One is shown at a time, further ones wait. They never
 * nest the main loop: the answer comes by a callback.
 */
#ifndef CULVER_UI_PROMPT_H
#define CULVER_UI_PROMPT_H

#include "src/rc/option.h"
#include "ui/widget.h"

enum prompt_kind {
	PROMPT_LINE,
	PROMPT_SECRET, /* not echoed, no history */
	PROMPT_YES_NO,
	PROMPT_KEYS,   /* one of keys */
};

/* text: the line; for YES_NO "yes" or "no"; for KEYS the key. NULL: cancelled. */
typedef void prompt_done_fn(const char *text, void *data);
/* After each change of a LINE: for search as you type. */
typedef void prompt_changed_fn(const char *text, void *data);

struct prompt_request {
	enum prompt_kind kind;
	const char *label;     /* "Move to mailbox: " */
	const char *initial;   /* LINE: what stands there; may be NULL */
	bool is_proposal;      /* initial gives way to the first character typed */
	const char *history;   /* "mailbox", "command", "pattern" ...; NULL: none */
	const char *completes; /* as in command_row; NULL: none */
	const char *keys;      /* KEYS: "oar" */
	bool is_yes_default;   /* YES_NO: what Enter means */
	const char *const *above; /* lines shown above the question, or NULL; ends in NULL */
	prompt_done_fn *done;
	prompt_changed_fn *changed; /* or NULL */
	void *data;
	GDestroyNotify free_data;   /* runs after done; may be NULL */
};

/* Copies the request, strings too. done runs from the main loop or from a key. */
void prompt_ask(const struct prompt_request *request);
/* A quad option: asks when it says so, else gives the answer at once
 * ("yes" or "no", before this returns). */
void prompt_quad(enum option_quad quad, const char *label,
	prompt_done_fn *done, void *data, GDestroyNotify free_data);
/* Cancels the questions that were asked with this data: done gets NULL. */
void prompt_cancel(void *data);
bool prompt_is_open(void);

/* Completion: all candidates that text may become, to be put in its place;
 * strings are freed with the array. */
typedef void prompt_complete_fn(const char *text, GPtrArray *candidates);
/* name as in command_row.completes. */
void prompt_register_completion(const char *name, prompt_complete_fn *fn);

/* For screen.c. */
struct key_event;
void prompt_start(const char *state_dir);
void prompt_stop(void);
void prompt_key(const struct key_event *key);
/* The commands of the editor, by the names of their rows; false if it is none
 * or no line is edited. */
bool prompt_command(const char *name);
void prompt_paste(const char *text, size_t len);
/* Lines that the prompt wants at the bottom of a screen this size; 0: none. */
int prompt_rows(int rows, int cols);
void prompt_paint(const struct area *area);

#endif
