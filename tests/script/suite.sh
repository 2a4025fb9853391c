# SPDX-License-Identifier: GPL-3.0-or-later
# The same questions to every server: what a mail reader does, in batch mode,
# over TLS and over STARTTLS. A test says `server=NAME` and reads this file;
# it prints TAP. Run from anywhere; ./culver has to be there.
set -u
top=${top:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top/tests/script/tap.sh"
. "$top/tests/script/finding.sh"

dir=$(mktemp -d /tmp/culver-script.XXXXXX) || exit 1
finish() {
	trap '' INT TERM HUP
	REMOVE=1 "$top/tests/servers/$server" stop "$dir"
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

"$top/tests/servers/$server" start "$dir" 2>"$dir/why"
case $? in
0) ;;
77) skip_all "$server: $(tail -n 1 "$dir/why")" ;;
*) bail "$(cat "$dir/why")" ;;
esac
"$top/tests/servers/fill" "$dir" >"$dir/count" || bail "cannot fill $server"
. "$dir/env"
. "$dir/namespace"

# A mailbox name of the samples as this server has it.
mailbox() {
	case $1 in
	INBOX) echo INBOX ;;
	*) echo "$PREFIX$(echo "$1" | sed "s#/#$DELIMITER#g")" ;;
	esac
}

# With WITHOUT=1 nothing is used that has a fallback: every extension that
# culver acts on, but for what is no extension.
disabled=
if [ -n "${WITHOUT:-}" ]; then
	disabled=$("$top/culver" --docgen extensions | awk -F'\t' \
		'$3 != "" && $1 !~ /^(IMAP4rev1|STARTTLS|LOGINDISABLED)$/ {
			printf "%s ", $1 }')
fi

# write_rc URL: an account for it, whose certificates the CA signs.
write_rc() {
	cat >"$dir/rc" <<-E
	set delete_mode = mark
	account lab {
	    set url = $1
	    set password = $PASSWORD
	    set tls_ca_file = $CA
	    set imap_disable = "$disabled"
	    set imap_compress = yes
	}
	E
}

# batch COMMAND...: output in $dir/out, errors in $dir/err.
batch() {
	for command in "$@"; do
		set -- "$@" -e "$command"
		shift
	done
	HOME=$dir/home XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state \
		XDG_CONFIG_HOME=$dir/config timeout 120 \
		"$top/culver" -F "$dir/rc" --trace "$dir/trace" --batch "$@" \
		>"$dir/out" 2>"$dir/err" </dev/null
}

# in_mailbox NAME COMMAND...: batch with that mailbox open.
in_mailbox() {
	name=$(mailbox "$1")
	shift
	batch "open \"$name\"" "$@"
}

# holds NAME N: are there so many messages?
holds() {
	in_mailbox "$1" &&
		grep -q "\"messages\":$2," "$dir/out"
}

# says TEXT: is it in the output of the last batch?
says() {
	grep -qF -- "$1" "$dir/out"
}

# flags UID: those of a message of the INBOX.
flags_have() {
	in_mailbox INBOX "messages ~u $1" && says "\"$2\""
}

flags_lack() {
	in_mailbox INBOX "messages ~u $1" && ! says "\"$2\""
}

count_of() {
	grep -c "^$1	" "$dir/filled"
}

# The octets of all messages of a mailbox, as the server holds them and as
# they come back. What Dovecot holds is what was appended.
raw_is_same() {
	"$top/tests/servers/octets" "$dir" "$(mailbox "$1")" >"$dir/wanted" ||
		return
	if [ "$server" != "${server#dovecot}" ]; then
		awk -F '\t' -v box="$1" '$1 == box { print $2 }' \
			"$dir/filled" | while IFS= read -r file; do
			cat "$dir/sample/$file"
		done | cmp - "$dir/wanted" || return
	fi
	messages=$(count_of "$1") uid=1
	set -- "$1"
	while [ $uid -le "$messages" ]; do
		set -- "$@" "raw $uid"
		uid=$((uid + 1))
	done
	in_mailbox "$@" || return
	# The first line is that of `open`.
	sed 1d "$dir/out" >"$dir/got"
	cmp "$dir/wanted" "$dir/got" >&2
}

reading() {
	inbox=$(count_of INBOX)
	check "$1: folders" batch folders
	check "$1: Cyrillic name" says "\"$(mailbox Проекты)\""
	check "$1: Japanese name" says "\"$(mailbox 日本語)\""
	check "$1: name with &" says "\"$(mailbox "R&D")\""
	check "$1: open counts the messages" holds INBOX "$inbox"
	check "$1: messages of everything" \
		in_mailbox INBOX "messages ~A"
	check "$1: one line each" \
		[ "$(grep -c '"uid":' "$dir/out")" = "$inbox" ]
	check "$1: KOI8-R subject" says 'Перфокарты в сарае'
	check "$1: ISO-2022-JP subject" says '夜行列車の時刻表'
	check "$1: show" in_mailbox INBOX "show 1"
	check "$1: show has the text" says 'steam at sunrise'
	check "$1: parts" in_mailbox INBOX "parts $inbox"
	check "$1: raw of INBOX, octet by octet" raw_is_same INBOX
	check "$1: raw of a list" raw_is_same Lists/patches
	# The newest message is unread.
	check "$1: reading leaves it unread" flags_lack "$inbox" '\\Seen'
}

flagging() {
	check "$1: flag" in_mailbox INBOX "flag '\\Flagged' ~u 2"
	check "$1: counts one" says '"changed":1'
	check "$1: flag is on the server" flags_have 2 '\\Flagged'
	check "$1: unflag" in_mailbox INBOX "unflag '\\Flagged' ~u 2"
	check "$1: flag is off the server" flags_lack 2 '\\Flagged'
	check "$1: delete marks" in_mailbox INBOX "delete ~u 2"
	check "$1: mark is on the server" flags_have 2 '\\Deleted'
	check "$1: undelete" in_mailbox INBOX "undelete ~u 2"
	check "$1: mark is off the server" flags_lack 2 '\\Deleted'
}

# A part in base64 in the INBOX, by $uid and $part. Some messages are gone.
find_encoded() {
	uid=0
	while [ $((uid += 1)) -le "$(count_of INBOX)" ]; do
		in_mailbox INBOX "parts $uid" || continue
		part=$(sed -n 's/.*"section":"\([^"]*\)".*"encoding":"base64".*/\1/p' \
			"$dir/out" | head -n 1)
		[ -n "$part" ] && return
	done
	return 1
}

details() {
	check "$1: details" in_mailbox INBOX "details ~u 1:3"
	check "$1: one line each" [ "$(grep -c '"emailid"' "$dir/out")" = 3 ]
	if uses OBJECTID; then
		in_mailbox INBOX "details ~u 1"
		check "$1: has an email id" fails says '"emailid":null'
	fi
	# Cyrus leaves making them to another program.
	if uses PREVIEW && [ "$server" = "${server#cyrus}" ]; then
		in_mailbox INBOX "details ~u 1"
		check "$1: has a preview" fails says '"preview":null'
	fi
	check "$1: label" in_mailbox INBOX "label '+later -sooner' ~u 3"
	check "$1: label is on the server" flags_have 3 later
	check "$1: label taken off" in_mailbox INBOX "label -later ~u 3"
	check "$1: label is off the server" flags_lack 3 later
	check "$1: an encoded part" find_encoded
	rm -f "$dir/part"
	check "$1: save-part" in_mailbox INBOX "save-part $uid $part $dir/part"
	in_mailbox INBOX "raw $uid" && sed 1d "$dir/out" >"$dir/raw"
	check "$1: it is decoded" perl -MMIME::Base64 -0777 -ne '
		BEGIN { open my $in, "<", shift; local $/; $part = <$in> }
		$text = encode_base64($part, ""); s/[\r\n]//g;
		exit(length $part > 0 && index($_, $text) >= 0 ? 0 : 1)' \
		"$dir/part" "$dir/raw"
}

# Without sequence numbers where the server can do that, with them elsewhere.
no_numbers() {
	sed -i 's/^}/    set imap_uidonly\n}/' "$dir/rc"
	rm -rf "$dir/cache"
	holds INBOX 0
	inbox=$(sed -n 's/.*"messages":\([0-9]*\),.*/\1/p' "$dir/out")
	check "no numbers: messages" in_mailbox INBOX "messages ~A"
	check "no numbers: one line each" \
		[ "$(grep -c '"uid":' "$dir/out")" = "$inbox" ]
	check "no numbers: flag" in_mailbox INBOX "flag '\\Flagged' ~u 2"
	check "no numbers: flag is on the server" flags_have 2 '\\Flagged'
	check "no numbers: unflag" in_mailbox INBOX "unflag '\\Flagged' ~u 2"
	check "no numbers: delete and expunge" \
		in_mailbox INBOX "delete ~u 2" expunge
	check "no numbers: one less" holds INBOX $((inbox - 1))
}

# elsewhere COMMAND...: in the INBOX, by another culver.
elsewhere() {
	HOME=$dir/home XDG_CACHE_HOME=$dir/else/cache \
		XDG_STATE_HOME=$dir/else/state XDG_CONFIG_HOME=$dir/config \
		timeout 120 "$top/culver" -F "$dir/rc" --batch \
		-e "open INBOX" -e "$1" -e "$2" >/dev/null 2>&1 </dev/null
}

# What was known is brought up to date by CONDSTORE alone, too.
revisiting() {
	[ -z "$disabled${EXTRA:-}" ] && uses CONDSTORE || return
	cp "$dir/rc" "$dir/rc.before"
	sed -i "s/set imap_disable = \"/&QRESYNC /" "$dir/rc"
	traced=$(wc -l <"$dir/trace")
	check "revisit: before" in_mailbox INBOX "messages ~A"
	known=$(grep -c '"uid":' "$dir/out")
	check "revisit: flagged elsewhere" \
		elsewhere "flag '\\Flagged' ~u 14" "delete ~u 15"
	check "revisit: expunged elsewhere" elsewhere expunge "messages ~u 14"
	check "revisit: the flag is seen" flags_have 14 '\\Flagged'
	check "revisit: what changed was asked for" asked_for_changes
	check "revisit: one is gone" holds INBOX $((known - 1))
	check "revisit: unflagged elsewhere" \
		elsewhere "unflag '\\Flagged' ~u 14" "messages ~u 14"
	check "revisit: that is seen" flags_lack 14 '\\Flagged'
	mv "$dir/rc.before" "$dir/rc"
}

asked_for_changes() {
	tail -n +"$traced" "$dir/trace" | grep -q '(CHANGEDSINCE [1-9][0-9]*)'
}

moving() {
	archive=$(mailbox Archive)
	before=$(in_mailbox Archive; sed -n \
		's/.*"messages":\([0-9]*\),.*/\1/p' "$dir/out")
	here=$(in_mailbox INBOX; sed -n \
		's/.*"messages":\([0-9]*\),.*/\1/p' "$dir/out")
	uid=$2
	check "$1: copy" in_mailbox INBOX "copy \"$archive\" ~u $uid"
	check "$1: copy arrived" holds Archive $((before + 1))
	check "$1: copy leaves the original" holds INBOX "$here"
	check "$1: move" in_mailbox INBOX "move \"$archive\" ~u $uid"
	check "$1: move arrived" holds Archive $((before + 2))
	check "$1: move takes the original" holds INBOX $((here - 1))
	check "$1: delete and expunge" \
		in_mailbox INBOX "delete ~u $((uid + 1))" expunge
	check "$1: expunge removes it" holds INBOX $((here - 2))
}

fails() {
	! "$@"
}

# uses NAME: does the server announce it, and is it made use of?
uses() {
	batch capabilities && grep -q "\"name\":\"$1\".*\"state\":\"used\"" \
		"$dir/out"
}

# refuses NAME COMMAND: is it said, in one line, that there is no NAME?
refuses() {
	batch "$2"
	[ $? -eq 1 ] && [ "$(wc -l <"$dir/err")" -eq 1 ] &&
		grep -q "the server offers no .*($1)" "$dir/err"
}

# What is used and how the log-in was made are told on every server.
capable() {
	check "capabilities" batch capabilities
	check "capabilities: the base protocol" \
		grep -qi '"name":"IMAP4rev[12]",.*"state":"used"' "$dir/out"
	check "capabilities: the log-in" grep -q \
		'"name":"AUTH=[A-Z0-9-]*",.*"state":"used","why":"the log-in"' \
		"$dir/out"
	batch 'account lab { set imap_disable = "IDLE" }' capabilities
	check "capabilities: turned off" grep -q \
		'"name":"IDLE",.*"state":"disabled","why":"imap_disable names it"' \
		"$dir/out"
}

quotas() {
	uses QUOTA || { check "no quotas" refuses QUOTA quota; return; }
	check "quota" batch quota
	# Courier counts only where somebody has set a limit.
	[ "$server" = courier ] || check "quota: storage and its limit" \
		grep -q '"resource":"STORAGE","used":[0-9]*,"limit":204800}' \
		"$dir/out"
}

rights() {
	uses ACL || { check "no rights" refuses ACL acl; return; }
	check "rights" batch rights
	check "rights: may read" grep -q '"names":\["lookup","read"' "$dir/out"
	check "set-acl" batch "set-acl INBOX other lr" "acl INBOX"
	check "acl has it" \
		says '"identifier":"other","rights":"lr","names":["lookup","read"]'
	check "set-acl adds and takes" batch "set-acl INBOX other +w" \
		"set-acl INBOX other -r" "acl INBOX"
	check "acl has that" says '"identifier":"other","rights":"lw"'
	check "delete-acl" batch "delete-acl INBOX other" "acl INBOX"
	check "acl lacks it" [ "$(grep -c '"other"' "$dir/out")" -eq 0 ]
	check "no letters: refused" fails batch "set-acl INBOX other 'l r'"
}

metadata() {
	uses METADATA || {
		check "no metadata" refuses METADATA "metadata INBOX"
		return
	}
	check "set-metadata" batch \
		'set-metadata INBOX /private/comment "h\u00e9 \"x\""' \
		"metadata INBOX"
	check "metadata has it" says '"entry":"/private/comment","value":"h'
	check "set-metadata removes" batch \
		"set-metadata INBOX /private/comment ''" "metadata INBOX"
	check "metadata lacks it" fails says '"entry":"/private/comment"'
	check "metadata of an entry without a value" batch \
		"metadata INBOX /private/comment"
	check "an entry elsewhere: refused" fails batch "metadata INBOX /comment"
}

# What the trace of the whole run holds of the password: by each mechanism that
# the server offers, and by STARTTLS before.
secrets() {
	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256; do
		batch "account lab { set auth = $mechanism }" capabilities
	done
	check "trace: the log-in is there" \
		grep -q 'C: A[0-9]* [AL][A-Z]* .*<hidden>' "$dir/trace"
	check "trace: no password" \
		fails grep -qw -- "$PASSWORD" "$dir/trace"
	check "trace: no password in base64" fails grep -qF \
		-e "$(printf '\000%s\000%s' "$USER" "$PASSWORD" | openssl base64)" \
		-e "$(printf %s "$PASSWORD" | openssl base64)" "$dir/trace"
	check "trace: nothing of an exchange" \
		fails grep -Eq '(C|S): (\+ )?[A-Za-z0-9+/]{16,}=*$' "$dir/trace"
}

# Another culver, which waits in INBOX for what happens; see heard.
start_watcher() {
	HOME=$dir/home XDG_CACHE_HOME=$dir/watch/cache \
		XDG_STATE_HOME=$dir/watch/state XDG_CONFIG_HOME=$dir/config \
		timeout 120 "$top/culver" -F "$dir/rc" --trace "$dir/watch-trace" \
		--batch -e 'set mail_check = 1' -e 'open INBOX' \
		-e 'wait 100' >"$dir/watched" 2>"$dir/watch-err" </dev/null &
	watcher=$!
}

stop_watcher() {
	kill "$watcher"
	wait "$watcher" 2>/dev/null
}

# heard MAILBOX: was it told that something happened there?
heard() {
	grep -qF "{\"event\":\"mailbox\",\"account\":\"lab\",\"mailbox\":\"$1\"" \
		"$dir/watched"
}

# It may not yet be listening when the first copy comes.
hears_copies() {
	tries=0
	until heard "$1"; do
		tries=$((tries + 1))
		[ $tries -le 40 ] || return
		in_mailbox INBOX "copy \"$1\" ~u 1" || return
	done
}

hears_soon() {
	tries=0
	until heard "$1"; do
		tries=$((tries + 1))
		[ $tries -le 200 ] || return
		sleep 0.1
	done
}

# What happens in mailboxes that are not open: by NOTIFY, or by asking.
news() {
	new=$(mailbox 'Nouveau né')
	start_watcher
	check "news of another mailbox" hears_copies "$(mailbox Archive)"
	check "create for a use" batch "create \"$new\" \\\\Archive"
	check "news of a new mailbox" hears_soon "$new"
	# Courier deletes no mailbox that is selected, and cannot leave one.
	if uses UNSELECT; then
		check "delete-mailbox, while it is open" batch \
			"open \"$new\"" "delete-mailbox \"$new\"" capabilities
	else
		check "delete-mailbox" batch "delete-mailbox \"$new\""
	fi
	stop_watcher
	check "the open mailbox is not asked about" fails grep -q \
		'C: [^ ]* STATUS INBOX ' "$dir/watch-trace"
	cat "$dir/watch-trace" >>"$dir/trace"
	subscribed='account lab { set imap_list_subscribed = yes }'
	check "only what is subscribed to" batch "$subscribed" \
		"unsubscribe-mailbox \"$(mailbox R\&D)\"" folders \
		"subscribe-mailbox \"$(mailbox R\&D)\""
	check "that is listed" says "\"$(mailbox Lists/steps)\""
	check "the other is not" fails says "\"$(mailbox R\&D)\",\"delimiter"
	check "no such use" fails batch "create \"$new\" Everything"
}

# uid_of: the last UID that was told.
uid_of() {
	sed -n 's/.*"uid":\([0-9]*\).*/\1/p' "$dir/out" | tail -n 1
}

# Dovecot 2.4.5 sets some of its own besides.
are_kept() {
	grep -q '"flags":\["\\\\Draft",.*"later"' "$dir/out"
}

# Messages from files, in the place of others, and to another account.
storing() {
	drafts=$(mailbox Drafts)
	printf 'From: Ada <ada@example.org>\nSubject: first try\n%s\n\nHello.\n' \
		'Message-ID: <try@example.org>' >"$dir/message"
	check "append" batch "append $drafts $dir/message \\Draft later"
	check "append: one" says '"command":"append","changed":1'
	check "append: it is there" in_mailbox Drafts \
		"messages ~s 'first try'"
	check "append: its flags" are_kept
	uid=$(uid_of)
	check "append: raw" in_mailbox Drafts "raw $uid"
	check "append: its lines end with CRLF" \
		grep -q "^Hello[.]$(printf '\r')$" "$dir/out"
	sed -i 's/first/second/' "$dir/message"
	check "replace" in_mailbox Drafts "replace $uid $dir/message"
	check "replace: one" says '"command":"replace","changed":1'
	check "replace: the new one" in_mailbox Drafts \
		"messages ~s 'second try'"
	check "replace: its flags" are_kept
	check "replace: the old one is gone" in_mailbox Drafts \
		"messages ~s 'first try'"
	check "replace: no more of it" [ "$(grep -c '"uid":' "$dir/out")" -eq 0 ]
	check "append: no such file" fails batch "append $drafts $dir/none"
	away
}

# All lines but those of the second part, headers included, and of "open".
other_parts() {
	sed '/^{"mailbox":/d' "$1" |
		awk '/^--cut\r?$|^--cut--/ { n++; print; next } n != 2'
}

others_are_same() {
	other_parts "$dir/message" >"$dir/wanted"
	other_parts "$dir/out" | cmp - "$dir/wanted"
}

sends_pieces_if_it_can() {
	if [ -z "$disabled" ] && grep -q 'CAPABILITY.* CATENATE' "$dir/trace"
	then
		grep -q 'URL .*;SECTION=1' "$dir/trace"
	else
		fails grep -q 'CATENATE (' "$dir/trace"
	fi
}

# A part removed from a message that stays otherwise as it is.
rewriting() {
	drafts=$(mailbox Drafts)
	sed "s/\$/$(printf '\r')/" >"$dir/message" <<-E
	From: Ada <ada@example.org>
	Subject: the plan
	Message-ID: <plan@example.org>
	MIME-Version: 1.0
	Content-Type: multipart/mixed; boundary="cut"

	A preamble.
	--cut
	Content-Type: text/plain

	Here it is.
	$(seq 400)

	--cut
	Content-Type: application/pdf; name="plan.pdf"
	Content-Transfer-Encoding: base64

	JVBERi0xLjQK
	--cut
	Content-Type: text/plain

	--cutting is no boundary.
	--cut--
	An epilogue.
	E
	check "delete-part: append" \
		batch "append $drafts $dir/message \\Draft later"
	check "delete-part: it is there" in_mailbox Drafts \
		"messages ~s 'the plan'"
	uid=$(uid_of)
	check "delete-part: no such part" fails in_mailbox Drafts \
		"delete-part $uid 4"
	check "delete-part" in_mailbox Drafts "delete-part $uid 2"
	check "delete-part: one" says '"command":"delete-part","changed":1'
	check "delete-part: one message" in_mailbox Drafts \
		"messages ~s 'the plan'"
	check "delete-part: its flags" are_kept
	check "delete-part: the old one is gone" \
		[ "$(grep -c '"uid":' "$dir/out")" -eq 1 ]
	check "delete-part: raw" in_mailbox Drafts "raw $(uid_of)"
	check "delete-part: what was removed" says 'Name: plan.pdf'
	check "delete-part: its octets are gone" fails says 'JVBERi0xLjQK'
	check "delete-part: the others are the same" others_are_same
	check "delete-part: what the server has is not sent" \
		sends_pieces_if_it_can
}

away() {
	printf 'account home {\n%s\n%s\n%s\n}\n' \
		"set url = \"imaps://other@$HOST:$TLSPORT/\"" \
		"set password = pass" "set tls_ca_file = $CA" >>"$dir/rc"
	check "copy to another account" in_mailbox INBOX \
		"copy home/INBOX ~u 20:22"
	check "copy to another account: three" \
		says '"command":"copy","changed":3'
	check "move to another account" in_mailbox Drafts \
		"move home/INBOX ~s 'second try'"
	check "move to another account: one" says '"command":"move","changed":1'
	check "move to another account: not here" in_mailbox Drafts \
		"messages ~s 'second try'"
	check "move to another account: no more" \
		[ "$(grep -c '"uid":' "$dir/out")" -eq 0 ]
	check "another account has them" batch "open home/INBOX" \
		"messages ~s 'second try'"
	check "another account: flags went with it" are_kept
	check "nothing is queued" batch queue
	check "no line" [ ! -s "$dir/out" ]
	write_rc "imaps://$USER@$HOST:$TLSPORT/"
}

refusals() {
	write_rc "imaps://$USER@$HOST:$TLSPORT/"
	sed -i 's/set password = .*/set password = wrong/' "$dir/rc"
	batch folders
	is "wrong password: exit status" $? 3
	check "wrong password: one line" \
		[ "$(wc -l <"$dir/err")" -eq 1 ]
	write_rc "imaps://$USER@$HOST:$TLSPORT/"
	sed -i '/tls_ca_file/d' "$dir/rc"
	batch folders
	is "unknown CA: exit status" $? 3
	check "unknown CA: shows the fingerprint" \
		grep -qi 'sha256' "$dir/err"
	write_rc "imaps://$USER@$HOST:$TLSPORT/"
	batch "open \"$(mailbox 'No such mailbox')\""
	is "no such mailbox: exit status" $? 1
}

# What was announced was at work; with TABLE=FOLDER the row of this server's
# table goes there (see tests/servers/table).
extensions() {
	check "capabilities" batch 'account lab { set imap_uidonly }' \
		capabilities
	"$top/culver" --docgen extensions >"$dir/rows"
	"$top/tests/servers/extensions" "$dir/rows" "$dir/out" "$dir/trace" \
		>"$dir/extensions"
	is "state of the extensions" $? 0
	is "extensions that are used, and not seen at work" \
		"$(sed -n 's/^\([^\t]*\)\t.*\tunseen$/\1/p' "$dir/extensions" |
			tr '\n' ' ')" ""
	[ -z "${TABLE:-}" ] || [ -n "$disabled${EXTRA:-}" ] ||
		cp "$dir/extensions" "$TABLE/$server.tsv"
	[ -z "${KEEP:-}" ] || cp "$dir/trace" "$KEEP"
}

write_rc "imaps://$USER@$HOST:$TLSPORT/"
reading TLS
finding
ordering
flagging TLS
moving TLS 5
write_rc "imap://$USER@$HOST:$PORT/"
check "STARTTLS: folders" batch folders
check "STARTTLS: raw of a list" raw_is_same Lists/steps
flagging STARTTLS
moving STARTTLS 9
capable
revisiting
details STARTTLS
no_numbers
quotas
rights
metadata
secrets
news
storing
rewriting
refusals
write_rc "imap://$USER@$HOST:$PORT/"
extensions
done_testing
