/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/rc/name.h"

/* Longer words are no typing errors of a name. */
#define NAME_MAX_LENGTH 40

char *rc_name_key(const char *name)
{
	char *key = g_strdup(name);
	char *out = key;

	for (const char *p = name; *p != '\0'; p++) {
		if (*p != '-' && *p != '_')
			*out++ = *p;
	}
	*out = '\0';
	return key;
}

bool rc_name_equal(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '-' || *a == '_')
			a++;
		while (*b == '-' || *b == '_')
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = MIN(a, b);

	return MIN(least, c);
}

/* Optimal string alignment: Damerau-Levenshtein, no piece edited twice. */
unsigned rc_name_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned rows[NAME_MAX_LENGTH + 1][NAME_MAX_LENGTH + 1];

	if (n > NAME_MAX_LENGTH || m > NAME_MAX_LENGTH)
		return strcmp(a, b) == 0 ? 0 : NAME_MAX_LENGTH;
	for (size_t i = 0; i <= n; i++)
		rows[i][0] = (unsigned)i;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			unsigned cost = a[i - 1] != b[j - 1];
			unsigned least = min3(rows[i - 1][j] + 1,
				rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				least = MIN(least, rows[i - 2][j - 2] + 1);
			rows[i][j] = least;
		}
	}
	return rows[n][m];
}

void rc_nearest_init(struct rc_nearest *nearest, const char *wanted)
{
	size_t length = strlen(wanted);

	nearest->wanted = wanted;
	nearest->best = NULL;
	/* One edit in a short word, a third of a longer one. */
	nearest->distance = (unsigned)CLAMP(length / 3, 1, 4) + 1;
}

void rc_nearest_offer(struct rc_nearest *nearest, const char *candidate)
{
	unsigned distance = rc_name_distance(nearest->wanted, candidate);

	if (distance < nearest->distance) {
		nearest->distance = distance;
		nearest->best = candidate;
	}
}

int rc_version_compare(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0') {
		char *a_end, *b_end;
		guint64 x = g_ascii_strtoull(a, &a_end, 10);
		guint64 y = g_ascii_strtoull(b, &b_end, 10);

		if (x != y)
			return x < y ? -1 : 1;
		if (a_end == a && b_end == b)
			return strcmp(a, b) < 0 ? -1 : strcmp(a, b) > 0;
		a = *a_end == '.' ? a_end + 1 : a_end;
		b = *b_end == '.' ? b_end + 1 : b_end;
	}
	return 0;
}
