# SPDX-License-Identifier: GPL-3.0-or-later
# What the server finds is what the rows say: part of suite.sh.

# The UIDs in the last output, as `messages` prints them.
uids_of_messages() {
	sed -n 's/^{"uid":\([0-9]*\).*/\1/p' "$dir/out" | tr '\n' ' '
}

# The UIDs of a mailbox in the last output of `search`, ranges written out.
uids_of_search() {
	sed -n 's/.*"mailbox":"'"$1"'","uids":"\([^"]*\)".*/\1/p' "$dir/out" |
		tr , '\n' | while IFS=: read -r first last; do
			seq "$first" "${last:-$first}"
		done | tr '\n' ' '
}

# agrees PATTERN: the server, which is asked beside, and the rows of a mailbox
# that is open.
agrees() {
	in_mailbox INBOX "messages $1" || return
	expected=$(uids_of_messages)
	batch "search $1" || return
	[ "$(uids_of_search INBOX)" = "$expected" ] && return
	echo "# $1: found $(uids_of_search INBOX), not $expected"
	return 1
}

finding() {
	for pattern in '~s re' '=s Report' '~f example.org' '~t robin' '~d <1w' \
		'~r <20H' '~r >2m' '~z >2K' '~z <600' '~U' '!~U ~s re' '~Q|~F' \
		'~x example' '~s "[[:alpha:]]+ing"' '~s re | ~T' '~u 3:*' \
		'!(~s re ~U)'; do
		check "finding: $pattern" agrees "$pattern"
	done
	check "finding: in a body" in_mailbox INBOX "messages ~b wire"
	is "finding: one has it" "$(wc -l <"$dir/out")" 2
	check "finding: a word that is not ASCII" batch 'search ~B máquina'
	check "finding: found" says '"mailbox":"INBOX"'
	check "finding: in a body, and by the rows" \
		in_mailbox INBOX "messages ~b the !~T ~X"
	check "finding: a body or a tag" in_mailbox INBOX "messages ~b wire | ~T"
	check "finding: a field" in_mailbox INBOX 'messages ~h "Subject: wire"'
	check "finding: one has it" says wire
	check "finding: the day of its coming" in_mailbox INBOX "messages ~w <1m"
	# Without SAVEDATE it is when they were received.
	! uses SAVEDATE || is "finding: all of them came" \
		"$(in_mailbox INBOX "messages ~w <1m"; uids_of_messages)" \
		"$(in_mailbox INBOX "messages ~A"; uids_of_messages)"
	check "finding: words" batch "search ~? 'foot of wire'"
	check "finding: found" says '"count":1'
	in_mailbox INBOX "messages ~a wire"
	is "finding: not Gmail" $? 1
	check "finding: flagging what the server finds" \
		in_mailbox INBOX "flag wired ~b wire ~s wire"
	check "finding: counts one" says '"changed":1'
	check "finding: watching" in_mailbox INBOX "watch 1 ~b wire"
	check "finding: told" says '"event":"match"'
}

# ordered KEYS: in whose order the server and culver agree.
ordered() {
	in_mailbox INBOX "sort $1 ~u 1:60" || return
	sort_by_server=$(sed 1d "$dir/out")
	batch 'account lab { set imap_disable = "SORT" }' \
		"open INBOX" "sort $1 ~u 1:60" || return
	[ "$sort_by_server" = "$(sed 1d "$dir/out")" ] && return
	echo "# $1: $(echo $sort_by_server), not $(sed 1d "$dir/out" | tr '\n' ' ')"
	return 1
}

# threaded PATTERN: into what threads the server and culver put them, by
# references alone. Servers differ in where threads without a date go.
threaded() {
	in_mailbox INBOX "threads refs $1" || return
	sed 1d "$dir/out" | sort >"$dir/threads"
	grep -q '"depths":\[0,1' "$dir/threads" || return
	batch 'account lab { set imap_disable = "THREAD=REFS" }' \
		"open INBOX" "threads refs $1" || return
	sed 1d "$dir/out" | sort | diff "$dir/threads" - >"$dir/differ" && return
	sed 's/^/# /' "$dir/differ"
	return 1
}

ordering() {
	for keys in arrival date reverse-date size reverse-size,arrival subject \
		from,reverse-date; do
		# Cyrus sorts characters that are not ASCII in a way of its own.
		case $keys:$server in subject:cyrus*) continue ;; esac
		check "sort $keys" ordered "$keys"
	done
	for keys in display to,cc reverse-subject; do
		check "sort $keys" in_mailbox INBOX "sort $keys ~A"
	done
	is "sort: all of them" "$(uids_of_messages | wc -w)" \
		"$(in_mailbox INBOX "messages ~A"; uids_of_messages | wc -w)"
	check "count: counted by the server" in_mailbox INBOX "count ~b the"
	counted=$(sed -n 's/^{"count":\([0-9]*\),.*/\1/p' "$dir/out")
	in_mailbox INBOX "messages ~b the"
	is "count: so many there are" "$counted" "$(uids_of_messages | wc -w)"
	check "count: by the rows" in_mailbox INBOX "count ~s re ~X"
	check "threads" in_mailbox INBOX "threads ~s re ~A"
	for algorithm in references refs orderedsubject; do
		check "threads $algorithm" in_mailbox INBOX \
			"threads $algorithm ~A"
		check "threads $algorithm: some are deep" \
			grep -q '"depths":\[0,1' "$dir/out"
	done
	if uses THREAD=REFS; then
		check "threads refs: as the server has them" threaded "~A"
		check "threads refs: of some" threaded "~u 1:40"
	fi
	in_mailbox INBOX "sort colour ~A"
	is "sort: no such order" $? 1
}
