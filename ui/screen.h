/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen as a whole: title, body (with the sidebar from 100 columns), keys,
 * message or prompt. It owns the stack of screens, the view that commands act
 * on, the keys on their way to a command, and the main loop.
 */
#ifndef CULVER_UI_SCREEN_H
#define CULVER_UI_SCREEN_H

#include "ui/keymap.h"
#include "ui/widget.h"

struct account;
struct account_ops;
struct command_list;
struct startup;

/* Runs until the user quits; the exit status. An error before the first frame
 * (TERM unknown, not a terminal) is printed as one sentence. */
int screen_run(const struct startup *startup);
/* What accounts tell, for account_new(): data is NULL. */
const struct account_ops *screen_account_ops(void);

/* Takes the widget. */
void screen_push(struct widget *widget);
/* Frees the top one, never the last. */
void screen_pop(void);
/* Frees those above widget; nothing if it is not in the stack. */
void screen_pop_to(struct widget *widget);
struct widget *screen_top(void);
/* The topmost with this context bit, or NULL. */
struct widget *screen_find(enum context context);
/* The sidebar if it is shown, else NULL. */
struct widget *screen_sidebar(void);
/* Areas have to be shared out anew. */
void screen_layout(void);
/* Title, keys or connection state changed. */
void screen_damage_frame(void);
int screen_rows(void);
int screen_cols(void);

/* Keys as if typed, after those that wait: macros, "push". */
void screen_push_keys(const char *keys);
/* Runs commands as the ":" prompt does. */
void screen_run_commands(const char *text, const char *file);
void screen_run_list(const struct command_list *list, unsigned count);
void screen_suspend(void);
void screen_redraw(void);
void screen_toggle_sidebar(void);
/* Leaves the main loop. */
void screen_quit(int status);

#endif
