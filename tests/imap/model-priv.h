/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the model server know of one another. */
#ifndef CULVER_TESTS_MODEL_PRIV_H
#define CULVER_TESTS_MODEL_PRIV_H

#include "tests/imap/model.h"

struct model_message {
	uint32_t uid;
	unsigned system;       /* enum imap_flag */
	GPtrArray *keywords;   /* of char * */
	char *date;            /* as INTERNALDATE has it */
	GBytes *octets;
	uint64_t mod_seq;
};

struct model_mailbox {
	char *name;            /* UTF-8 */
	char *use;             /* "\\Trash" or NULL */
	uint32_t uid_validity, uid_next;
	GPtrArray *messages;   /* of struct model_message *, by UID */
};

struct model {
	char **capabilities;
	GPtrArray *mailboxes;  /* of struct model_mailbox * */
	GPtrArray *peers;      /* of struct model_peer * */
	uint64_t mod_seq;
	uint32_t last_validity;
	uint64_t octets, cut_at;
	void (*on_cut)(void *data);
	void *cut_data;
	bool refuses;
	unsigned port;         /* of this process; 0: none */
	guint listener;
	int listen_fd;
	char *answered, *answer;
	GHashTable *counts;    /* command to GUINT */
};

/* One connection. */
struct model_peer {
	struct model *model;
	int fd;                /* -1 once closed */
	guint in_source, out_source;
	GString *in, *out;
	size_t asked;          /* up to where "+" was said of literals */
	bool is_in, is_closing, has_condstore;
	bool awaits_sasl;      /* the next line is an initial response */
	char *tag;             /* of the command under way */
	bool is_idle;
	struct model_mailbox *selected;
	bool is_read_only;
	GArray *view;          /* of uint32_t: UIDs as the client counts them */
	uint64_t seen_mod_seq;
};

/* Arguments as they are read. */
struct model_args {
	const char *at, *end;
};

/* model.c */
struct model_mailbox *model_find(struct model *model, const char *name);
struct model_message *model_at(const struct model_mailbox *mailbox,
	uint32_t uid);
bool model_has(const struct model *model, const char *capability);
struct model_message *model_store(struct model *model,
	struct model_mailbox *mailbox, unsigned system, char **keywords,
	const char *date, GBytes *octets);
void model_remove(struct model *model, struct model_mailbox *mailbox,
	uint32_t uid);
void model_say(struct model_peer *peer, const char *format, ...)
	G_GNUC_PRINTF(2, 3);
void model_say_octets(struct model_peer *peer, const void *octets, size_t len);

/* model-args.c */
/* The next word of an atom's or astring's octets; free with g_free(). NULL at
 * the end. A space before it is skipped. */
char *model_take_word(struct model_args *args);
/* A literal, a string or an atom. */
GBytes *model_take_octets(struct model_args *args);
/* A mailbox name in UTF-8. */
char *model_take_mailbox(struct model_args *args);
/* Skips a space and this, if it is next. */
bool model_take(struct model_args *args, const char *text);
/* "(a (b) c)" or a single word: the words within, NULL-terminated. */
char **model_take_list(struct model_args *args);
/* System flags and keywords of words. */
unsigned model_flags(char **words, char ***keywords_out);
char *model_header(const struct model_message *message, const char *field);

/* model-command.c: a whole command, without its last CRLF. */
void model_command(struct model_peer *peer, const char *octets, size_t len);
/* What the other connections did to the selected mailbox. */
void model_tell_news(struct model_peer *peer, bool may_expunge);

/* model-message.c: commands that take messages; false: unknown command. */
bool model_message_command(struct model_peer *peer, const char *name,
	bool by_uid, struct model_args *args);

#endif
