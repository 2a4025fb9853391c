/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An action on messages on behalf of a command: what is told, and when the
 * command ends (at once on the screen, when confirmed in batch mode). */
#ifndef CULVER_UI_ACT_H
#define CULVER_UI_ACT_H

#include "src/mail/action.h"
#include "ui/view.h"

struct act;

/*
 * failure: "Not deleted", for the message line. Give act_done and the result
 * to an action_...() function.
 */
struct act *act_new(const struct command_call *call, const char *failure);
action_done_fn act_done;
/* The action could not be begun: ends the command with the error, which it
 * takes. Frees the act. */
void act_refused(struct act *act, GError *error_take);
/* There was nothing to do. Frees the act. */
void act_nothing(struct act *act);
/* From now on the status line tells what actions do, and how far large ones
 * are; C-g stops them. */
void acts_listen(void);
/* Frees those that never ended, after mail_release(): what the journal keeps
 * is done by a later run of the program. */
void acts_release(void);

#endif
