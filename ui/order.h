/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order that the options of a mailbox ask for: sort, sort_aux and those
 * that threads go by, to what a listing understands, and back.
 */
#ifndef CULVER_UI_ORDER_H
#define CULVER_UI_ORDER_H

#include "src/mail/listing.h"

struct option_set;

/* For the rows of options. */
bool order_validate_sort(const char *value, GError **error);
bool order_validate_aux(const char *value, GError **error);

void order_of(const struct option_set *set, struct listing_order *order_out);
/* From now on the current view's listing follows the options. */
void order_start(void);
void order_stop(void);

#endif
