/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text to read in a screen of its own: error history, the help of one
 * command, a part that is text. */
#ifndef CULVER_UI_TEXTVIEW_H
#define CULVER_UI_TEXTVIEW_H

#include "ui/widget.h"

struct mime_document;

/* Takes the document. at_end: starts on the last page. */
struct widget *textview_new(const char *title, struct mime_document *document_take, bool at_end);

#endif
