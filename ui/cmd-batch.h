/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of the rows in cmd-batch.c; each begins a job (ui/job.h). */
#ifndef CULVER_UI_CMD_BATCH_H
#define CULVER_UI_CMD_BATCH_H

#include "src/base/base.h"
#include "src/rc/command.h"

struct _JsonBuilder;
struct mailbox;

command_exec_fn batch_exec_acl;
command_exec_fn batch_exec_append;
command_exec_fn batch_exec_archive;
command_exec_fn batch_exec_capabilities;
command_exec_fn batch_exec_copy;
command_exec_fn batch_exec_count;
command_exec_fn batch_exec_create;
command_exec_fn batch_exec_delete;
command_exec_fn batch_exec_delete_acl;
command_exec_fn batch_exec_delete_mailbox;
command_exec_fn batch_exec_details;
command_exec_fn batch_exec_expunge;
command_exec_fn batch_exec_flag;
command_exec_fn batch_exec_folders;
command_exec_fn batch_exec_label;
command_exec_fn batch_exec_messages;
command_exec_fn batch_exec_metadata;
command_exec_fn batch_exec_move;
command_exec_fn batch_exec_open;
command_exec_fn batch_exec_parts;
command_exec_fn batch_exec_quota;
command_exec_fn batch_exec_queue;
command_exec_fn batch_exec_raw;
command_exec_fn batch_exec_rename;
command_exec_fn batch_exec_rights;
command_exec_fn batch_exec_delete_part;
command_exec_fn batch_exec_replace;
command_exec_fn batch_exec_save_part;
command_exec_fn batch_exec_set_acl;
command_exec_fn batch_exec_set_metadata;
command_exec_fn batch_exec_search;
command_exec_fn batch_exec_show;
command_exec_fn batch_exec_sort;
command_exec_fn batch_exec_status;
command_exec_fn batch_exec_subscribe;
command_exec_fn batch_exec_sync;
command_exec_fn batch_exec_threads;
command_exec_fn batch_exec_undelete;
command_exec_fn batch_exec_unflag;
command_exec_fn batch_exec_unsubscribe;
command_exec_fn batch_exec_wait;
command_exec_fn batch_exec_watch;

/* "flags": [...] of a row. */
void batch_add_flags(struct _JsonBuilder *line, struct mailbox *mailbox, uint32_t pos);

#endif
