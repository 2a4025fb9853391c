/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread with a queue of jobs: work that may block (SQL, files) or take
 * longer than a frame (sorting, threading). A job runs over data that nobody
 * else touches until it comes back as a message in the main loop. Where the
 * system can tell threads apart this one has a lower priority than the loop.
 */
#ifndef CULVER_BASE_WORKER_H
#define CULVER_BASE_WORKER_H

#include "src/base/base.h"

struct worker;

/* Runs in the worker's thread. */
typedef void worker_run_fn(void *data);
/* Runs in the main loop, after run; never before worker_push() returned. */
typedef void worker_done_fn(void *data);

struct worker *worker_new(const char *name);
/*
 * Waits for the queued jobs to run (the job under way cannot be stopped, so
 * jobs are kept short), then ends the thread. No done function runs after
 * this was called except through worker_flush().
 */
void worker_free(struct worker **worker);
/*
 * The same, waiting no longer than so many milliseconds: false if jobs were
 * left then. They still run, unless the program ends before, and the thread
 * frees what is the worker's.
 */
bool worker_free_within(struct worker **worker, unsigned ms);
/*
 * Queues a job. Jobs run one at a time, in order. The data belongs to the job
 * until done was called; with done NULL, run frees it.
 */
void worker_push(struct worker *worker, worker_run_fn *run,
	worker_done_fn *done, void *data);
/* Blocks until all jobs have run and calls their done functions: for the end
 * of the program and for tests, never for the loop. */
void worker_flush(struct worker *worker);

#endif
