/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target over every file of a folder, without a fuzzer: what
 * once broke it, or reached a rare branch, is tried again by `make check`.
 * Prints TAP. An empty input and one of every single byte come on top.
 */
#include "src/base/base.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay_bytes(void)
{
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int c = 0; c < 256; c++) {
		uint8_t byte = (uint8_t)c;

		LLVMFuzzerTestOneInput(&byte, 1);
	}
}

static bool replay_file(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *data = NULL;
	size_t len;

	if (!g_file_get_contents(path, &data, &len, NULL))
		return false;
	LLVMFuzzerTestOneInput((const uint8_t *)data, len);
	return true;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : ".";
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;
	int number = 1;

	replay_bytes();
	printf("ok 1 - single bytes\n");
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		if (replay_file(folder, name))
			printf("ok %d - %s\n", ++number, name);
	if (dir != NULL)
		g_dir_close(dir);
	printf("1..%d\n", number);
	return 0;
}
