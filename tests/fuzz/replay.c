/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main() for a fuzzer where there is no libFuzzer: runs it on each file of
 * the corpora, and on each of its prefixes when it is small. Arguments are
 * files and directories; prints TAP.
 */
#include "src/base/base.h"

enum { PREFIXES_MAX = 2000 }; /* octets */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *path)
{
	GError *error = NULL;
	char *octets;
	gsize len, from;

	if (!g_file_get_contents(path, &octets, &len, &error)) {
		g_printerr("%s\n", error->message);
		g_error_free(error);
		return false;
	}
	from = len > PREFIXES_MAX ? len : 0;
	for (gsize n = from; n <= len; n++) {
		/* On the heap, so that one octet too many is seen. */
		uint8_t *copy = g_malloc(MAX(n, 1u));

		memcpy(copy, octets, n);
		LLVMFuzzerTestOneInput(copy, n);
		g_free(copy);
	}
	g_free(octets);
	return true;
}

static bool replay_all(const char *path, unsigned *n_io)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;
	bool ok = true;

	if (dir == NULL) {
		(*n_io)++;
		return replay(path);
	}
	while ((name = g_dir_read_name(dir)) != NULL) {
		char *file = g_build_filename(path, name, NULL);

		ok = replay_all(file, n_io) && ok;
		g_free(file);
	}
	g_dir_close(dir);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned n = 0;
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok = replay_all(argv[i], &n) && ok;
	ok = ok && n > 0;
	g_print("%s 1 - %u files\n1..1\n", ok ? "ok" : "not ok", n);
	return ok ? 0 : 1;
}
