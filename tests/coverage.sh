#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh SRCDIR - what the tests reached of src/ in this build tree
#
# Prints the figures of each file, worst first, and of each folder.  Fails if lines or branches
# are below the floor, which is a little below what was measured last: docs/reliability.md.
#
# Left out: tables (*.def and what awk makes of them, numbers.h), which have no code.
set -eu
floor_lines=97
floor_branches=89

command -v gcovr >/dev/null || { echo 'gcovr is not installed' >&2; exit 1; }
src=$(CDPATH='' cd -- "$1" && pwd)
gcovr --root "$src" --filter "$src/src/" --exclude '.*\.def$' --exclude '.*/numbers\.h$' \
	--object-directory . --json coverage.json --csv coverage.csv .
awk -F, -v floor_lines="$floor_lines" -v floor_branches="$floor_branches" '
	function percent(part, all) { return all ? 100 * part / all : 100 }
	function show(name) {
		printf "%-32s %6d %6d %5.1f %%  %6d %6d %5.1f %%\n", name, \
			lines[name], lines[name] - lines_hit[name], \
			percent(lines_hit[name], lines[name]), branches[name], \
			branches[name] - branches_hit[name], \
			percent(branches_hit[name], branches[name])
	}
	function add(name) {
		if (!(name in lines))
			order[++n] = name
		lines[name] += $2; lines_hit[name] += $3
		branches[name] += $5; branches_hit[name] += $6
	}
	function check(what, all, hit, least) {
		verdict = percent(hit, all) >= least ? "PASS" : "FAIL"
		failed += verdict == "FAIL"
		printf "%s: %s %.1f %%, at least %d %%\n", verdict, what, percent(hit, all), least
	}
	NR == 1 { next }
	{
		add($1)
		folder = $1
		sub(/[^\/]*$/, "", folder)
		add(folder)
		add("src/**")
	}
	END {
		if (!n) { print "FAIL: no counters were found"; exit 1 }
		for (i = 2; i <= n; i++) # few
			for (k = i; k > 1; k--) {
				a = order[k - 1]; b = order[k]
				if (lines[a] - lines_hit[a] >= lines[b] - lines_hit[b])
					break
				order[k - 1] = b; order[k] = a
			}
		printf "%-32s %6s %6s %7s  %6s %6s %7s\n", "", "lines", "missed", "", \
			"branches", "missed", ""
		for (i = 1; i <= n; i++)
			if (order[i] ~ /[ch]$/)
				show(order[i])
		for (i = 1; i <= n; i++)
			if (order[i] !~ /[ch]$/)
				show(order[i])
		check("lines", lines["src/**"], lines_hit["src/**"], floor_lines)
		check("branches", branches["src/**"], branches_hit["src/**"], floor_branches)
		exit failed > 0
	}' coverage.csv
