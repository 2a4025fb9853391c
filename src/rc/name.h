/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of commands and options: "-" and "_" are equal and may be left out,
 * and an unknown name is answered with the nearest known one.
 */
#ifndef CULVER_RC_NAME_H
#define CULVER_RC_NAME_H

#include "src/base/base.h"

/* The form that names are compared in. Free with g_free(). */
char *rc_name_key(const char *name);
bool rc_name_equal(const char *a, const char *b);

/* Edits (insert, remove, replace, swap neighbours) between two names. */
unsigned rc_name_distance(const char *a, const char *b);

/* The nearest of the candidates offered, if one is near enough. */
struct rc_nearest {
	const char *wanted;
	const char *best; /* of the caller of rc_nearest_offer(); NULL: none near */
	unsigned distance;
};
void rc_nearest_init(struct rc_nearest *nearest, const char *wanted);
void rc_nearest_offer(struct rc_nearest *nearest, const char *candidate);

/* Dotted numbers, "0.10" > "0.9": -1, 0 or 1. */
int rc_version_compare(const char *a, const char *b);

#endif
