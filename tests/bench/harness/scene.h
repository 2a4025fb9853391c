/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is measured of a client, a function each; every one is a visit of its
 * own and prints lines "measure<TAB>value" (visit.h). The table of measures is
 * ../measures.
 */
#ifndef CULVER_BENCH_SCENE_H
#define CULVER_BENCH_SCENE_H

#include "tests/bench/harness/visit.h"

struct scene {
	const char *name;
	void (*run)(const struct setup *setup);
};

/* NULL: there is none of that name. */
const struct scene *scene_find(const char *name);

#endif
