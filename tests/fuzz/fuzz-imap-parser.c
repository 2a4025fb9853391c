/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server's octets, through the parser and every reader of responses. The
 * first octet says how they are cut into pieces and whether literals are
 * spooled; what comes out must not depend on the pieces.
 */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/bodystructure.h"
#include "src/imap/acl.h"
#include "src/imap/capability.h"
#include "src/imap/esearch.h"
#include "src/imap/fetch.h"
#include "src/imap/list.h"
#include "src/imap/metadata.h"
#include "src/imap/parser.h"
#include "src/imap/progress.h"
#include "src/imap/quota.h"
#include "src/imap/search.h"
#include "src/imap/seqset.h"
#include "src/imap/sort.h"
#include "src/imap/thread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct imap_limits limits = {
	.line_max = 20000,
	.literal_max = 10000,
	.response_max = 30000,
	.spool_max = 1 << 20,
	.depth_max = 120,
	.args_max = 5000,
};

static bool wants_spool(const char *line, size_t len, uint64_t size, void *data)
{
	(void)line, (void)len, (void)data;
	return size > 3;
}

static void spool(const char *octets, size_t len, void *data)
{
	uint64_t *sum = data;

	for (size_t i = 0; i < len; i++)
		*sum = *sum * 31 + (unsigned char)octets[i];
}

static void read_fetch(const struct imap_response *response,
	struct arena *arena)
{
	struct imap_fetch fetch;
	const struct imap_body *body = NULL;
	size_t n = 0;

	if (!imap_fetch_from_response(response, arena, &fetch, NULL))
		return;
	while (fetch.body != NULL &&
		(body = imap_body_next(fetch.body, body)) != NULL) {
		g_assert(body->type != NULL && body->subtype != NULL &&
			body->encoding != NULL && body->section != NULL);
		g_assert(++n <= IMAP_BODY_PARTS_MAX);
	}
}

static void read_search(const struct imap_response *response)
{
	struct imap_search search;
	struct imap_copyuid copyuid;

	imap_search_init(&search);
	if (imap_search_from_response(response, &search))
		for (size_t i = 1; i < imap_seqset_n_ranges(&search.all); i++)
			g_assert(imap_seqset_range(&search.all, i).first >
				imap_seqset_range(&search.all, i - 1).last);
	imap_search_release(&search);
	/* Not from a short text to as many numbers as the limit allows. */
	if (response->n_args == 3 && response->args[0].len < 3 &&
		response->args[1].len < 5 && response->args[2].len < 5 &&
		imap_copyuid_from_args(response->args, 3, &copyuid)) {
		g_assert(copyuid.from->len == copyuid.to->len);
		imap_copyuid_release(&copyuid);
	}
}

static void read_account(const struct imap_response *response,
	struct arena *arena)
{
	struct imap_quota quota;
	struct imap_quota_roots roots;
	struct imap_acl acl;
	struct imap_list_rights list;
	struct imap_my_rights mine;
	struct imap_metadata metadata;

	(void)!imap_quota_from_response(response, arena, &quota);
	(void)!imap_quota_roots_from_response(response, false, arena, &roots);
	(void)!imap_acl_from_response(response, true, arena, &acl);
	(void)!imap_list_rights_from_response(response, false, arena, &list);
	(void)!imap_my_rights_from_response(response, true, arena, &mine);
	(void)!imap_metadata_from_response(response, false, arena, &metadata);
}

/* SORT, THREAD and contexts: no more than the mailbox has. */
static void read_found(const struct imap_response *response)
{
	enum { MESSAGES = 1000 };
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	GArray *nodes = g_array_new(FALSE, FALSE,
		sizeof(struct imap_thread_node));
	struct imap_sort sort = { .numbers = numbers };
	struct imap_esearch esearch;
	struct imap_seqset set;

	(void)!imap_sort_from_response(response, MESSAGES, &sort);
	(void)!imap_thread_from_response(response, MESSAGES, nodes);
	g_assert(numbers->len <= MESSAGES && nodes->len <= MESSAGES);
	imap_seqset_init(&set);
	if (imap_esearch_from_response(response, &esearch))
		(void)!imap_esearch_changes(&esearch, "ADDTO", &set);
	imap_seqset_release(&set);
	g_array_unref(nodes);
	g_array_unref(numbers);
}

static void read_all(const struct imap_response *response, struct arena *arena)
{
	struct imap_list list;
	struct imap_status status;
	struct imap_progress progress;
	struct imap_namespaces namespaces;
	struct imap_capabilities caps;

	imap_capabilities_init(&caps);
	imap_capabilities_set_args(&caps, response->code_args,
		response->n_code_args);
	if (response->kind == IMAP_RESPONSE_DATA) {
		read_fetch(response, arena);
		read_search(response);
		read_account(response, arena);
		read_found(response);
		(void)!imap_list_from_response(response, false, arena, &list);
		(void)!imap_list_coding(response);
		(void)!imap_status_from_response(response, true, arena,
			&status);
		(void)!imap_namespaces_from_response(response, false, arena,
			&namespaces);
		(void)!imap_progress_from_args(response->args,
			response->n_args, &progress);
		imap_capabilities_set_args(&caps, response->args,
			response->n_args);
	}
	imap_capabilities_release(&caps);
	arena_clear(arena);
}

/* A number that stands for all that came out. */
static uint64_t hash_response(uint64_t hash, enum imap_parser_result result,
	const struct imap_response *response)
{
	hash = hash * 31 + result;
	if (response != NULL)
		hash = hash * 31 + g_str_hash(response->line);
	if (result == IMAP_PARSER_RESPONSE)
		hash = (hash * 31 + response->n_args + response->n_code_args) *
			31 + g_str_hash(response->text);
	return hash;
}

static uint64_t run(const char *octets, size_t size, size_t piece, bool spooled)
{
	struct imap_parser *parser = imap_parser_new(&limits);
	struct arena *arena = arena_new();
	const struct imap_response *response;
	enum imap_parser_result result = IMAP_PARSER_NEED_MORE;
	uint64_t hash = 0, sum = 0;

	if (spooled)
		imap_parser_set_spool(parser, wants_spool, spool, &sum);
	for (size_t at = 0; at < size && result != IMAP_PARSER_BROKEN;
		at += piece) {
		imap_parser_push(parser, octets + at, MIN(piece, size - at));
		do {
			result = imap_parser_next(parser, &response, NULL);
			if (result == IMAP_PARSER_RESPONSE)
				read_all(response, arena);
			if (result != IMAP_PARSER_NEED_MORE)
				hash = hash_response(hash, result, response);
		} while (result == IMAP_PARSER_RESPONSE ||
			result == IMAP_PARSER_SKIPPED);
	}
	imap_parser_free(&parser);
	arena_free(&arena);
	return hash * 31 + sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *octets = (const char *)data + 1;
	bool spooled;
	uint64_t whole;

	if (size < 2)
		return 0;
	spooled = (data[0] & 1) != 0;
	whole = run(octets, size - 1, size, spooled);
	g_assert(run(octets, size - 1, 1 + data[0] % 16, spooled) == whole);
	return 0;
}
