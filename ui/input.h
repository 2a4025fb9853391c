/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys on their way to commands: sequences, counts, macros. A prompt that is
 * open has them first.
 */
#ifndef CULVER_UI_INPUT_H
#define CULVER_UI_INPUT_H

#include "ui/keymap.h"

struct command_list;

void input_stop(void);
/* A key from the terminal. */
void input_key(uint32_t code);
/* Keys of a macro; they wait while a command runs. */
void input_push(const char *keys);
void input_run_list(const struct command_list *list, unsigned count);
/* Forgets a half-typed sequence, a count and what waits. false: there was
 * nothing. */
bool input_cancel(void);
/* "5" or ", " while a count or sequence is being typed, else NULL. */
const char *input_pending(void);

#endif
