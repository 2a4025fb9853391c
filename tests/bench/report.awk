# SPDX-License-Identifier: GPL-3.0-or-later
# The tables of ./report: first file ./measures, second the results.

BEGIN {
	# Who was not there at the limit is above this by as much as the limit.
	LATE = 1e12
	n_peers = split("mutt neomutt alpine aerc meli nmail", peers, " ")
}

# --- what is read -------------------------------------------------------------

FNR == NR {
	if ($0 ~ /^#/ || split($0, part, "|") < 5)
		next
	measures[++n_measures] = part[1]
	title[part[1]] = part[2]
	unit[part[1]] = part[3]
	growth[part[1]] = part[4]
	verdict[part[1]] = part[5]
	compared[part[1]] = part[6]
	next
}

{
	note(sizes, $1)
	note(delays, $2)
	has_client[$3] = 1
	key = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	values[key] = values[key] " " (($5 ~ /^>/) ? \
		sprintf("%.0f", LATE + substr($5, 2)) : $5)
}

function note(list, value,    i) {
	for (i = 1; i in list; i++)
		if (list[i] == value)
			return
	list[i] = value
}

function order(list,    i, j, t) {
	for (i = 1; (i + 1) in list; i++)
		for (j = i; j >= 1 && list[j] + 0 > list[j + 1] + 0; j--) {
			t = list[j]
			list[j] = list[j + 1]
			list[j + 1] = t
		}
}

# The median; "" where nothing was measured.
function value(size, delay, client, measure,    key, v, i) {
	key = size SUBSEP delay SUBSEP client SUBSEP measure
	if (!(key in values))
		return ""
	delete v
	n_values = split(values[key], v, " ")
	order(v)
	return v[int((n_values + 1) / 2)] + 0
}

# --- how it is shown ------------------------------------------------------------

function show(v, measure) {
	if (v == "")
		return "-"
	if (v >= LATE)
		return sprintf("> %d s", (v - LATE) / 1000)
	if (unit[measure] == "s")
		return sprintf("%.3f s", v / 1000)
	if (unit[measure] == "ms")
		return sprintf("%.1f ms", v)
	if (unit[measure] == "MB")
		return sprintf("%.1f MB", v / 1024)
	if (unit[measure] == "kB")
		return sprintf("%.1f kB", v / 1000)
	return sprintf("%d", v)
}

function messages(size) {
	return size >= 1000000 ? size / 1000000 "M" : \
		size >= 1000 ? size / 1000 "k" : size ""
}

function at_least(v) {
	return v >= LATE ? v - LATE : v
}

function ratio(a, b) {
	if (a == "" || b == "" || b == 0 || a >= LATE)
		return "-"
	return (b >= LATE ? "< " : "") sprintf("%.2fx", a / at_least(b))
}

# How many times the other needs what we need.
function times(other, ours) {
	if (other == "" || ours == "" || ours == 0 || ours >= LATE)
		return "-"
	return (other >= LATE ? "> " : "") sprintf("%.1fx", at_least(other) / ours)
}

# The least of the peers, and who it is in best_peer. Some do not do all that
# the measure is about.
function best(size, delay, measure,    i, v, least) {
	least = best_peer = ""
	for (i = 1; i <= n_peers; i++) {
		v = value(size, delay, peers[i], measure)
		if (v == "" || (compared[measure] != "" &&
				index(compared[measure], peers[i]) == 0))
			continue
		if (least == "" || v < least) {
			least = v
			best_peer = peers[i]
		}
	}
	return least
}

# --- the tables -------------------------------------------------------------------

function main_row(size, delay, measure,    i, ours, least, line) {
	ours = value(size, delay, "culver", measure)
	least = best(size, delay, measure)
	if (ours == "" && least == "")
		return
	line = sprintf("| %s | %s | %s | %s | %s | %s |", title[measure],
		messages(size), delay, show(value(size, delay, "floor", measure),
		measure), show(ours, measure),
		ratio(ours, value(size, delay, "floor", measure)))
	for (i = 1; i <= n_peers; i++)
		if (peers[i] in has_client)
			line = line " " show(value(size, delay, peers[i], measure),
				measure) " |"
	print line " " times(least, ours) " |"
}

function main_table(    m, s, d, i, head, rule) {
	head = "| measure | messages | ms | floor | culver | of the floor |"
	rule = "| --- | ---: | ---: | ---: | ---: | ---: |"
	for (i = 1; i <= n_peers; i++)
		if (peers[i] in has_client) {
			head = head " " peers[i] " |"
			rule = rule " ---: |"
		}
	print head " best of them |"
	print rule " ---: |"
	for (m = 1; m <= n_measures; m++)
		for (s = 1; s in sizes; s++)
			for (d = 1; d in delays; d++)
				main_row(sizes[s], delays[d], measures[m])
	print ""
}

# The slope of the logarithms, by least squares.
function exponent(measure, delay,    s, v, n, x, y, sx, sy, sxx, sxy) {
	for (s = 1; s in sizes; s++) {
		v = value(sizes[s], delay, "culver", measure)
		if (v == "" || v <= 0 || v >= LATE)
			continue
		x = log(sizes[s])
		y = log(v)
		n++
		sx += x
		sy += y
		sxx += x * x
		sxy += x * y
	}
	return n < 2 ? "" : (n * sxy - sx * sy) / (n * sxx - sx * sx)
}

# The delay at which the measure was taken that is next to 50 ms.
function typical(measure,    d, s, found) {
	found = ""
	for (d = 1; d in delays; d++)
		for (s = 1; s in sizes; s++)
			if (value(sizes[s], delays[d], "culver", measure) != "" &&
					(found == "" || delays[d] <= 50))
				found = delays[d]
	return found
}

# n log n over a factor of 1000 has an exponent of about 1.15.
function allowed(measure) {
	return growth[measure] == "flat" ? 0.1 : growth[measure] == "linear" ? \
		1.05 : growth[measure] == "nlogn" ? 1.2 : 9
}

function growth_table(    m, s, d, line, e) {
	line = "| culver: measure | ms |"
	for (s = 1; s in sizes; s++)
		line = line " " messages(sizes[s]) " |"
	print "## Growth\n\n" line " exponent | allowed | |"
	line = "| --- | ---: |"
	for (s = 1; s in sizes; s++)
		line = line " ---: |"
	print line " ---: | --- | --- |"
	for (m = 1; m <= n_measures; m++) {
		d = typical(measures[m])
		e = d == "" ? "" : exponent(measures[m], d)
		if (e == "")
			continue
		line = sprintf("| %s | %s |", title[measures[m]], d)
		for (s = 1; s in sizes; s++)
			line = line " " show(value(sizes[s], d, "culver",
				measures[m]), measures[m]) " |"
		printf "%s %.2f | %s | %s |\n", line, e, growth[measures[m]],
			e <= allowed(measures[m]) ? "" : "more"
	}
	print ""
}

# --- targets ------------------------------------------------------------------------

# A line: held, or missed by how much; nothing where it was not measured.
function target(what, ours, most, measure) {
	if (ours == "" || most == "")
		return
	if (ours <= most)
		printf "- held: %s: %s (at most %s)\n", what, show(ours, measure),
			show(most, measure)
	else
		printf "- MISSED: %s: %s, %s of the %s allowed\n", what,
			show(ours, measure), ratio(ours, most), show(most, measure)
}

function share(v, factor) {
	return v == "" ? "" : at_least(v) * factor
}

function targets_of_opening(size, delay,    at) {
	at = messages(size) ", " delay " ms"
	target("cold open " at ", of 1.3 floors",
		value(size, delay, "culver", "cold.first"),
		share(value(size, delay, "floor", "cold.first"), 1.3), "cold.first")
	target("cold open " at ", of the fastest peer",
		value(size, delay, "culver", "cold.first"),
		share(best(size, delay, "cold.first"), 1), "cold.first")
	target("warm open " at ", of a tenth of mutt",
		value(size, delay, "culver", "warm.first"),
		share(value(size, delay, "mutt", "warm.first"), 0.1), "warm.first")
	target("warm open " at ", of a tenth of neomutt",
		value(size, delay, "culver", "warm.first"),
		share(value(size, delay, "neomutt", "warm.first"), 0.1), "warm.first")
}

function targets_of_size(size, delay,    at, ours) {
	at = messages(size)
	target("list from the cache " at ", server silent",
		value(size, 0, "culver", "silent.first"), 50, "move.page")
	target("list from the cache " at ", server refuses",
		value(size, 0, "culver", "refused.first"), 50, "move.page")
	target("processor time to the list from the cache " at,
		value(size, delay, "culver", "warm.first_cpu"), 30, "move.page")
	ours = value(size, 0, "culver", "cold.rss")
	if (size == 100000) {
		target("all headers " at ", of 1.5 times the server's time",
			value(size, 0, "culver", "cold.all"),
			share(value(size, 0, "server", "cold.all"), 1.5), "cold.all")
		target("memory " at ", of 30 MB", ours, 30 * 1024, "cold.rss")
		target("memory " at ", of a fifth of mutt", ours,
			share(value(size, 0, "mutt", "cold.rss"), 0.2), "cold.rss")
	}
	if (size == 1000000) {
		target("memory " at, ours, 150 * 1024, "cold.rss")
		target("memory " at ", of aerc", ours,
			value(size, 0, "aerc", "cold.rss"), "cold.rss")
		target("memory " at ", of alpine", ours,
			value(size, 0, "alpine", "cold.rss"), "cold.rss")
	}
	target("octets of a cold open " at ", the screen, of half of mutt's",
		value(size, delay, "culver", "cold.first_in"),
		share(value(size, delay, "mutt", "cold.in"), 0.5), "cold.in")
	target("octets of a cold open " at ", all headers, of half of mutt's",
		value(size, delay, "culver", "cold.in"),
		share(value(size, delay, "mutt", "cold.in"), 0.5), "cold.in")
	target("octets of a warm open " at ", with TLS",
		sum(value(size, delay, "culver", "warm.in"),
			value(size, delay, "culver", "warm.out")), 2000, "warm.in")
	targets_of_keys(size, at)
}

function sum(a, b) {
	return a == "" || b == "" ? "" : a + b
}

function targets_of_keys(size, at,    m) {
	for (m = 1; m <= n_measures; m++)
		if (measures[m] ~ /^(keys|hinder).*\.p99$/)
			target(verdict[measures[m]] " " at,
				value(size, 0, "culver", measures[m]), 16, measures[m])
}

function targets(    s, d) {
	print "## Targets\n"
	for (s = 1; s in sizes; s++) {
		for (d = 1; d in delays; d++)
			targets_of_opening(sizes[s], delays[d])
		targets_of_size(sizes[s], typical("cold.in"))
	}
	print ""
}

# --- verdicts -------------------------------------------------------------------------

function verdict_line(measure, size, delay,    ours, floor, least, line) {
	ours = value(size, delay, "culver", measure)
	if (ours == "")
		return
	floor = value(size, delay, "floor", measure)
	least = best(size, delay, measure)
	line = sprintf("%s %s, %s ms: culver %s", verdict[measure],
		messages(size), delay, show(ours, measure))
	if (floor != "")
		line = line sprintf(", floor %s (%s)", show(floor, measure),
			ratio(ours, floor))
	if (least != "")
		line = line sprintf(", next best %s %s (%s)", best_peer,
			show(least, measure), times(least, ours))
	print line
}

function verdicts(    m, s, d) {
	print "## Verdict\n\n```"
	for (m = 1; m <= n_measures; m++)
		for (s = 1; verdict[measures[m]] != "" && s in sizes; s++)
			for (d = 1; d in delays; d++)
				verdict_line(measures[m], sizes[s], delays[d])
	print "```"
}

END {
	order(sizes)
	order(delays)
	main_table()
	growth_table()
	targets()
	verdicts()
}
