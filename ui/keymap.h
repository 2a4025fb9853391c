/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys and what they do: for each context sequences of keys bound to lists of
 * commands or to macros. Alt-x is the sequence Esc x. Knows no curses: term.c
 * turns its codes into these.
 */
#ifndef CULVER_UI_KEYMAP_H
#define CULVER_UI_KEYMAP_H

#include "ui/context.h"

struct command_list;
struct command_row;

/* A key is a Unicode character (control characters as they are: C-a is 1,
 * Enter 13, Esc 27, Tab 9, C-_ 31), or one of these. */
enum key_code {
	KEYCODE_NONE = 0,
	KEYCODE_BASE = 0x110000,
	KEYCODE_UP, KEYCODE_DOWN, KEYCODE_LEFT, KEYCODE_RIGHT,
	KEYCODE_HOME, KEYCODE_END, KEYCODE_PAGE_UP, KEYCODE_PAGE_DOWN,
	KEYCODE_INSERT, KEYCODE_DELETE, KEYCODE_BACKSPACE, KEYCODE_BACKTAB,
	KEYCODE_C_UP, KEYCODE_C_DOWN, KEYCODE_C_LEFT, KEYCODE_C_RIGHT,
	KEYCODE_FOCUS_IN, KEYCODE_FOCUS_OUT,
	KEYCODE_F0, /* F1 is KEYCODE_F0 + 1, up to F20 */
	KEYCODE_F20 = KEYCODE_F0 + 20,
	KEYCODE_N
};
enum { KEY_ENTER_CODE = 13, KEY_ESC_CODE = 27, KEY_TAB_CODE = 9, KEYS_MAX = 16 };

struct key_event {
	uint32_t code;
};

struct keys {
	uint32_t codes[KEYS_MAX];
	unsigned n;
};

/* "C-x", "\\Cx", "^X", "M-x", "<f1>", "<enter>", ",a"; false with error when
 * it names no key or is too long. */
bool keys_parse(const char *text, struct keys *keys_out, GError **error);
/* For help and messages: "M-x", "C-n", "Enter", ", a". Free with g_free(). */
char *keys_to_string(const struct keys *keys);
/* In a form that keys_parse() reads. */
char *keys_to_source(const struct keys *keys);

/* Macros and "push": keys and, as mutt has it, "<command-name>". A GArray of
 * struct macro_step. */
struct macro_step {
	uint32_t code;                 /* or, if it is not NULL: */
	const struct command_row *row;
};
GArray *macro_parse(const char *text);

/* One binding; owned by the keymap. */
struct binding {
	enum context context;
	struct keys keys;
	struct command_list *commands; /* NULL: a macro, or unbound */
	char *macro;                   /* keys as written, or NULL */
	char *description;             /* of a macro, or NULL */
	const struct command_row *row; /* when it is one command without arguments */
	bool is_user;                  /* not a default */
};

/* Reads the keys column of all command rows registered so far. */
void keymap_init(void);
void keymap_release(void);
/*
 * "bind CONTEXTS KEYS COMMANDS": takes the list. A shorter binding that the
 * new sequence runs through is dropped, and *dropped_out (free with g_free())
 * says so, else NULL.
 */
bool keymap_bind(const char *contexts, const char *keys,
	struct command_list *commands_take, bool is_user, char **dropped_out, GError **error);
bool keymap_macro(const char *contexts, const char *keys, const char *macro,
	const char *description, GError **error);
/* keys NULL or "*": all of the contexts. */
bool keymap_unbind(const char *contexts, const char *keys, GError **error);

enum keymap_match { KEYMAP_NONE, KEYMAP_PREFIX, KEYMAP_FOUND };
enum keymap_match keymap_lookup(enum context context, const struct keys *keys,
	const struct binding **binding_out);
/* Bindings of a context in order of definition: GPtrArray of const struct
 * binding *, free the array. */
GPtrArray *keymap_bindings(enum context context);
/* The first key of a command on a screen, for the line of keys: "d"; NULL if
 * none. Free with g_free(). */
char *keymap_key_of(enum context context, const char *command);

#endif
