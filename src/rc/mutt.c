/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a mutt rc file has that culver has not: options with another meaning
 * here are translated, all others give one warning instead of an error. So do
 * commands.
 */
#include "src/base/base.h"
#include "src/rc/language.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/run.h"

/* --- options that mean something here ------------------------------------ */

typedef bool translate_fn(const struct command_call *call, const char *value,
	const char *argument, GError **error);

static bool assign(const struct command_call *call, const char *name,
	const char *value, GError **error)
{
	return option_set_value(call->scope, option_find(name), value, error);
}

static bool is_url(const char *value)
{
	return strstr(value, "://") != NULL;
}

static bool set_folder(const struct command_call *call, const char *value,
	const char *argument, GError **error)
{
	if (is_url(value))
		return assign(call, "url", value, error);
	command_warn(call, "'%s' is not the URL of a server; culver keeps no "
		"local mailboxes", argument);
	return true;
}

/* "imaps://host/INBOX", "=INBOX" or "INBOX". */
static bool set_spoolfile(const struct command_call *call, const char *value,
	const char *argument, GError **error)
{
	const char *path;

	(void)argument;
	if (!is_url(value))
		return assign(call, "inbox", value, error);
	path = strchr(strstr(value, "://") + 3, '/');
	if (path != NULL && path[1] != '\0' &&
		!assign(call, "inbox", path + 1, error))
		return false;
	if (options_values(call->scope)->url != NULL)
		return true; /* 'folder' told it already */
	return assign(call, "url", value, error);
}

/* mutt writes a:b:c. */
static bool set_authenticators(const struct command_call *call,
	const char *value, const char *argument, GError **error)
{
	g_autofree char *words = g_strdelimit(g_strdup(value), ":", ' ');

	return assign(call, argument, words, error);
}

static bool change_disabled(const struct command_call *call, const char *value,
	const char *argument, GError **error)
{
	bool is_on = strcmp(value, "yes") == 0;

	return option_add_value(call->scope, option_find("imap_disable"),
		argument, is_on, error);
}

/* Yes is what culver does anyway; no is not to be had. */
static bool keep_safe(const struct command_call *call, const char *value,
	const char *argument, GError **error)
{
	(void)error;
	if (strcmp(value, "yes") != 0)
		command_warn(call, "%s", argument);
	return true;
}

#define ALWAYS_TLS "connections are always encrypted; see 'tls'"
#define ALWAYS_VERIFIED "certificates are always verified; see 'tls_pin'"

static const struct translation {
	const char *name;
	bool is_bool;
	translate_fn *set;
	const char *argument;
} translations[] = {
	{ "folder", false, set_folder, "folder" },
	{ "imap_authenticators", false, set_authenticators, "auth" },
	{ "imap_condstore", true, change_disabled, "CONDSTORE" },
	{ "imap_deflate", true, change_disabled, "COMPRESS=DEFLATE" },
	{ "imap_qresync", true, change_disabled, "QRESYNC" },
	{ "spoolfile", false, set_spoolfile, "spoolfile" },
	{ "ssl_force_tls", true, keep_safe, ALWAYS_TLS },
	{ "ssl_starttls", true, keep_safe, ALWAYS_TLS },
	{ "ssl_verify_dates", true, keep_safe, ALWAYS_VERIFIED },
	{ "ssl_verify_host", true, keep_safe, ALWAYS_VERIFIED },
};

static const struct translation *find_translation(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(translations); i++) {
		if (rc_name_equal(translations[i].name, name))
			return &translations[i];
	}
	return NULL;
}

/* --- options that mean nothing here -------------------------------------- */

static const char *const unused_options[] = {
	/* identity and composing */
	"abort_key", "abort_noattach", "abort_noattach_regex",
	"abort_noattach_regexp", "abort_nosubject", "abort_unmodified",
	"alias_file", "alias_format", "allow_8bit", "askbcc", "askcc",
	"attach_charset", "attach_format", "attach_keyword", "attach_sep",
	"attach_split", "attribution", "attribution_locale", "autocrypt",
	"autocrypt_acct_format", "autocrypt_dir", "autocrypt_reply", "autoedit",
	"background_confirm_quit", "background_edit", "background_format",
	"bounce", "bounce_delivered", "charset", "compose_format",
	"compose_show_user_headers", "config_charset", "content_type", "copy",
	"copy_decode_weed", "count_alternatives", "cursor_overlay",
	"dsn_notify", "dsn_return", "edit_headers", "editor", "encode_from",
	"envelope_from", "envelope_from_address", "escape", "fast_reply",
	"fcc_attach", "fcc_before_send", "fcc_clear", "fcc_delimiter",
	"followup_to", "force_name", "forward_attachments",
	"forward_attribution_intro", "forward_attribution_trailer",
	"forward_decode", "forward_decrypt", "forward_edit", "forward_format",
	"forward_quote", "forward_references", "gecos_mask", "hdrs", "header",
	"hidden_host", "honor_followup_to", "hostname", "idn_decode",
	"idn_encode", "ignore_list_reply_to", "include", "include_encrypted",
	"include_onlyfirst", "indent_string", "ispell", "locale",
	"me_too", "metoo", "message_id_format", "mime_forward",
	"mime_forward_decode", "mime_forward_rest", "mime_subject",
	"new_mail_command", "pgp_auto_decode", "post_indent_string", "postpone",
	"postpone_encrypt", "postpone_encrypt_as", "print_decode_weed",
	"protected_headers_read", "protected_headers_save",
	"protected_headers_subject", "protected_headers_weed",
	"protected_headers_write", "query_command", "query_format", "recall",
	"reply_self", "reply_to", "reply_with_xorig", "resume_draft_files",
	"resume_edited_draft_files", "reverse_alias", "reverse_name",
	"reverse_realname", "save_address", "save_empty", "save_history",
	"save_name", "send_charset", "send_multipart_alternative",
	"send_multipart_alternative_filter", "sendmail", "sendmail_wait",
	"sig_dashes", "sig_on_top", "signature", "smtp_authenticators",
	"smtp_oauth_refresh_command", "smtp_pass", "smtp_url", "smtp_user",
	"sort_alias", "text_flowed", "tmpdir", "tmpdraftdir", "use_8bit_mime",
	"use_domain", "use_envelope_from", "use_from", "user_agent", "visual",
	"write_bcc", "write_inc",
	/* index */
	"arrow_cursor", "arrow_string", "ascii_chars", "auto_tag",
	"braille_friendly", "browser_abbreviate_mailboxes",
	"browser_sort_dirs_first", "browser_sticky_cursor",
	"change_folder_next",
	"collapse_all", "collapse_flagged", "collapse_unread", "confirm_append",
	"confirm_create", "date_format", "delete", "delete_untag",
	"digest_collapse", "duplicate_threads", "fixed_header", "flag_chars",
	"flag_safe", "folder_format", "hide_limited", "hide_missing",
	"hide_thread_subject", "hide_top_limited", "hide_top_missing", "help",
	"history", "history_file", "history_remove_dups", "index_format",
	"keep_flagged", "local_date_header", "mail_check_stats_interval",
	"mark_macro_prefix", "mark_old", "maildir_trash", "menu_context",
	"menu_move_off", "menu_scroll", "message_format", "meta_key",
	"narrow_tree", "prefer_charset", "prompt_after", "quit", "read_inc",
	"reply_regexp", "reply_regex", "resolve", "score",
	"score_threshold_delete", "score_threshold_flag",
	"score_threshold_read", "search_context", "size_show_bytes",
	"size_show_fractions", "size_show_mb", "size_units_on_left",
	"sleep_time",
	"sort", "sort_aux", "sort_browser", "sort_browser_mailboxes", "sort_re",
	"sort_thread_groups", "status_chars", "status_format", "status_on_top",
	"strict_threads", "thread_received", "thread_subject_delimiter",
	"thorough_search", "time_inc", "to_chars", "ts_enabled",
	"ts_icon_format", "ts_status_format", "tunnel_is_secure",
	"uncollapse_jump", "uncollapse_new", "use_threads", "wrap_search",
	"xterm_icon", "xterm_leave", "xterm_set_titles", "xterm_title",
	/* pager */
	"allow_ansi", "alternative_order", "bracketed_paste", "display_filter",
	"header_color_partial", "header_format", "honor_disposition",
	"implicit_autoview", "mailcap_path", "mailcap_sanitize", "markers",
	"msg_format", "pager", "pager_context", "pager_format",
	"pager_index_lines", "pager_skip_quoted_context", "pager_stop",
	"pipe_decode", "pipe_decode_weed", "pipe_sep", "pipe_split", "print",
	"print_cmd", "print_command", "print_decode", "print_split",
	"quote_quoted", "quote_regex", "quote_regexp", "reflow_space_quotes",
	"reflow_text", "reflow_wrap", "rfc2047_parameters",
	"show_multipart_alternative", "skip_quoted_offset", "smart_wrap",
	"smileys", "spam_separator", "text_x_tilde", "tilde",
	"toggle_quoted_show_levels", "wait_key", "weed", "wrap", "wrap_headers",
	"wrapmargin",
	/* mailboxes and servers */
	"account_command", "auto_subscribe", "autocrypt_account", "beep",
	"beep_new", "browser_abbreviate", "catchup_newsgroup",
	"certificate_file", "check_mbox_size", "check_new", "connect_timeout",
	"crypt_chars", "debug_file", "debug_level", "dotlock_program",
	"entropy_file", "error_history", "header_cache_backend",
	"header_cache_compress", "header_cache_compress_level",
	"header_cache_compress_method", "header_cache_pagesize",
	"imap_check_subscribed", "imap_delim_chars", "imap_fetch_chunk_size",
	"imap_headers", "imap_keep_alive", "imap_keepalive",
	"imap_passive", "imap_peek",
	"imap_pipeline_depth", "imap_poll_timeout", "imap_rfc5161",
	"imap_reconnect_sleep", "imap_reconnect_tries", "imap_send_id",
	"imap_servernoise", "mail_check_recent",
	"mail_check_stats", "maildir_check_cur", "maildir_header_cache_verify",
	"mask", "mbox", "mbox_type", "message_cache_clean", "message_cachedir",
	"mh_purge", "mh_seq_flagged", "mh_seq_replied", "mh_seq_unseen",
	"mix_entry_format",
	"mixmaster", "move", "net_inc", "newsrc", "nm_db_limit",
	"nm_default_url", "nm_exclude_tags", "nm_query_type", "nm_record",
	"nm_unread_tag", "news_server", "nntp_authenticators", "nntp_pass",
	"nntp_user", "pop_auth_try_all", "pop_authenticators",
	"pop_checkinterval", "pop_delete", "pop_host", "pop_last",
	"pop_oauth_refresh_command", "pop_pass", "pop_reconnect", "pop_user",
	"preconnect", "preferred_languages", "remote_gpg",
	"shell", "show_new_news", "show_only_unread", "socket_receive_timeout",
	"socket_send_timeout", "ssl_ca_certificates", "ssl_ciphers",
	"ssl_min_dh_prime_bits", "ssl_use_sslv2", "ssl_use_sslv3",
	"ssl_use_tlsv1", "ssl_use_tlsv1_1", "ssl_use_tlsv1_2",
	"ssl_use_tlsv1_3", "ssl_usesystemcerts", "ssl_verify_partial_chains",
	"suspend", "timeout", "umask", "uncollapse", "use_ipv6",
	"virtual_spoolfile", "write_bcc_to",
	/* sidebar */
	"sidebar_component_depth", "sidebar_delim_chars",
	"sidebar_divider_char", "sidebar_folder_indent", "sidebar_format",
	"sidebar_indent_string", "sidebar_new_mail_only",
	"sidebar_next_new_wrap", "sidebar_non_empty_mailbox_only",
	"sidebar_on_right", "sidebar_relative_shortpath_indent",
	"sidebar_short_path", "sidebar_sort", "sidebar_sort_method",
	"sidebar_use_mailbox_shortcuts", "sidebar_visible", "sidebar_width",
};

/* Whole families. */
static const char *const unused_prefixes[] = { "crypt_", "pgp_", "smime_",
	"ts_", "inews", "nm_", "nntp_", "pop_" };

static bool is_unused(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unused_options); i++) {
		if (rc_name_equal(unused_options[i], name))
			return true;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(unused_prefixes); i++) {
		if (g_str_has_prefix(name, unused_prefixes[i]))
			return true;
	}
	return false;
}

bool rc_is_mutt_option(const char *name)
{
	return find_translation(name) != NULL || is_unused(name);
}

/* --- the two together ---------------------------------------------------- */

/* "yes" or "no" for what set, unset and toggle say of a BOOL. */
static const char *bool_value(enum rc_set_operator operator, const char *value)
{
	if (value == NULL)
		return operator == RC_SET ? "yes" : "no";
	return value;
}

static bool translate(const struct command_call *call,
	const struct translation *row, enum rc_set_operator operator,
	const char *value, GError **error)
{
	if (row->is_bool && operator != RC_QUERY)
		return row->set(call, bool_value(operator, value),
			row->argument, error);
	if (operator == RC_ASSIGN)
		return row->set(call, value, row->argument, error);
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"'%s' is mutt's and takes '=' only", row->name);
	return false;
}

bool rc_mutt_option(const struct command_call *call, const char *name,
	enum rc_set_operator operator, const char *value, bool *handled_out,
	GError **error)
{
	const struct translation *row = find_translation(name);

	*handled_out = true;
	if (row != NULL)
		return translate(call, row, operator, value, error);
	*handled_out = is_unused(name);
	if (*handled_out)
		command_warn(call, "mutt's '%s' has no meaning here", name);
	return true;
}

/* --- commands that mean nothing here ------------------------------------- */

static bool cmd_unused(const struct command_call *call, GError **error)
{
	(void)error;
	command_warn(call, "mutt's '%s' has no meaning here", call->row->name);
	return true;
}

#define UNUSED(name_)                                                    \
	{ .name = name_, .usage = "...", .args = COMMAND_ARGS_REST,      \
		.max_args = 1, .is_batch = true, .group = "mutt",        \
		.summary = "accepted for mutt's sake, with a warning",   \
		.exec = cmd_unused }

static const struct command_row rows[] = {
	UNUSED("append-hook"),
	UNUSED("close-hook"),
	UNUSED("lua"),
	UNUSED("lua-source"),
	UNUSED("open-hook"),
	UNUSED("setcompose"),
	UNUSED("subscribe-to"),
	UNUSED("tag-formats"),
	UNUSED("tag-transforms"),
	UNUSED("unsubscribe-from"),
	UNUSED("unvirtual-mailboxes"),
	UNUSED("virtual-mailboxes"),
};

const struct rc_command_table rc_mutt_commands = { rows, G_N_ELEMENTS(rows) };
