/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs go to the thread by one queue and come back by another; an idle source
 * at default priority empties the latter, so an answer waits for no redraw.
 */
#include "src/base/base.h"
#include "src/base/worker.h"

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

struct job {
	worker_run_fn *run; /* NULL ends the thread */
	worker_done_fn *done;
	void *data;
};

struct worker {
	GThread *thread;
	GAsyncQueue *jobs;
	GAsyncQueue *finished;
	GMainContext *context; /* of the thread that made the worker */
	GMutex lock;           /* of source */
	GSource *source;       /* pending dispatch of finished, or NULL */
	gint pending;          /* pushed and not yet run */
	GCond ran;
	bool is_closing;       /* nothing is dispatched any more */
	bool has_ended;        /* its thread */
	bool is_orphan;        /* the thread frees it */
};

static gboolean dispatch_finished(gpointer data);

/* With the lock held. */
static void arm(struct worker *worker)
{
	if (worker->source != NULL || worker->is_closing)
		return;
	worker->source = g_idle_source_new();
	g_source_set_priority(worker->source, G_PRIORITY_DEFAULT);
	g_source_set_callback(worker->source, dispatch_finished,
		worker, NULL);
	g_source_attach(worker->source, worker->context);
}

static void finish(struct worker *worker, struct job *job)
{
	g_mutex_lock(&worker->lock);
	g_async_queue_push(worker->finished, job);
	worker->pending--;
	g_cond_signal(&worker->ran);
	arm(worker);
	g_mutex_unlock(&worker->lock);
}

static void release(struct worker *worker)
{
	struct job *job;

	while ((job = g_async_queue_try_pop(worker->finished)) != NULL)
		g_free(job);
	g_async_queue_unref(worker->jobs);
	g_async_queue_unref(worker->finished);
	g_main_context_unref(worker->context);
	g_mutex_clear(&worker->lock);
	g_cond_clear(&worker->ran);
	g_free(worker);
}

static void end_thread(struct worker *worker)
{
	bool is_orphan;

	g_mutex_lock(&worker->lock);
	worker->has_ended = true;
	is_orphan = worker->is_orphan;
	g_cond_signal(&worker->ran);
	g_mutex_unlock(&worker->lock);
	if (is_orphan)
		release(worker);
}

/* Where threads have a priority of their own, work of a second does not keep a
 * key waiting for the processor. */
static void give_way(void)
{
#ifdef __linux__
	enum { NICE = 10 };

	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
#endif
}

static gpointer run_jobs(gpointer data)
{
	struct worker *worker = data;

	give_way();
	for (;;) {
		struct job *job = g_async_queue_pop(worker->jobs);

		if (job->run == NULL) {
			g_free(job);
			end_thread(worker);
			return NULL;
		}
		job->run(job->data);
		finish(worker, job);
	}
}

static void call_done(struct worker *worker)
{
	struct job *job;

	while ((job = g_async_queue_try_pop(worker->finished)) != NULL) {
		if (job->done != NULL)
			job->done(job->data);
		g_free(job);
	}
}

static void clear_source(struct worker *worker)
{
	g_mutex_lock(&worker->lock);
	if (worker->source != NULL) {
		g_source_destroy(worker->source);
		g_source_unref(worker->source);
		worker->source = NULL;
	}
	g_mutex_unlock(&worker->lock);
}

static gboolean dispatch_finished(gpointer data)
{
	struct worker *worker = data;
	struct job *job;

	/* One job a turn: a done function may take its share of a frame, and
	 * may free the worker. */
	job = g_async_queue_try_pop(worker->finished);
	if (job == NULL) {
		clear_source(worker);
		/* finish() may have pushed between the pop and the clear. */
		g_mutex_lock(&worker->lock);
		if (g_async_queue_length(worker->finished) > 0)
			arm(worker);
		g_mutex_unlock(&worker->lock);
		return G_SOURCE_REMOVE;
	}
	if (job->done != NULL)
		job->done(job->data);
	g_free(job);
	return G_SOURCE_CONTINUE;
}

struct worker *worker_new(const char *name)
{
	struct worker *worker = g_new0(struct worker, 1);

	worker->jobs = g_async_queue_new();
	worker->finished = g_async_queue_new();
	worker->context = g_main_context_ref_thread_default();
	g_mutex_init(&worker->lock);
	g_cond_init(&worker->ran);
	worker->thread = g_thread_new(name, run_jobs, worker);
	return worker;
}

void worker_push(struct worker *worker, worker_run_fn *run,
	worker_done_fn *done, void *data)
{
	struct job *job = g_new(struct job, 1);

	g_assert(run != NULL);
	*job = (struct job){ .run = run, .done = done, .data = data };
	g_mutex_lock(&worker->lock);
	worker->pending++;
	g_mutex_unlock(&worker->lock);
	g_async_queue_push(worker->jobs, job);
}

void worker_flush(struct worker *worker)
{
	g_mutex_lock(&worker->lock);
	while (worker->pending > 0)
		g_cond_wait(&worker->ran, &worker->lock);
	g_mutex_unlock(&worker->lock);
	call_done(worker);
}

/* Nothing is pushed any more. */
static void close_queue(struct worker *worker)
{
	g_mutex_lock(&worker->lock);
	worker->is_closing = true;
	g_mutex_unlock(&worker->lock);
	clear_source(worker);
	g_async_queue_push(worker->jobs, g_new0(struct job, 1));
}

void worker_free(struct worker **workerp)
{
	struct worker *worker = *workerp;

	if (worker == NULL)
		return;
	*workerp = NULL;
	close_queue(worker);
	g_thread_join(worker->thread);
	release(worker);
}

bool worker_free_within(struct worker **workerp, unsigned ms)
{
	struct worker *worker = *workerp;
	GThread *thread = worker->thread;
	gint64 until = g_get_monotonic_time() + ms * G_TIME_SPAN_MILLISECOND;
	bool has_ended;

	*workerp = NULL;
	close_queue(worker);
	g_mutex_lock(&worker->lock);
	while (!worker->has_ended &&
		g_cond_wait_until(&worker->ran, &worker->lock, until))
		;
	has_ended = worker->has_ended;
	worker->is_orphan = !has_ended;
	g_mutex_unlock(&worker->lock);
	if (!has_ended) {
		g_thread_unref(thread);
		return false;
	}
	g_thread_join(thread);
	release(worker);
	return true;
}
