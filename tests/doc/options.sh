#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual page of each command has every option and column of its table, and no other
: "${srcdir:?run by make check}"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

# shellcheck disable=SC2086 # NETIPC_EXEC is a command and its arguments
$NETIPC_EXEC "$NETIPC" __dump >"$tmp/dump"
[ -s "$tmp/dump" ]
# A verb ("sockopt list") is in the page of its command.
awk -F '\t' '$1 == "command" && $2 !~ / / { print $2 }' "$tmp/dump" >"$tmp/commands"
while read -r cmd; do
	page=$srcdir/man/netipc-$cmd.1
	awk -F '\t' -v c="$cmd" '
		$1 == "command" { split($2, word, " "); on = (word[1] == c) }
		on && $1 == "option" {
			arg = ($4 == "") ? "" : "=" $4
			sub(/^=\[/, "[=", arg) # it may be left out
			print (($2 == "-") ? "" : "-" $2 " ") "--" $3 arg
		}' "$tmp/dump" | sort -u >"$tmp/table"
	# ".It Fl j , Fl -json", ".It Fl o , Fl -columns Ns = Ns Ar LIST" and
	# ".It Fl -probe Ns Oo = Ns Ar MODE Oc"
	sed -n 's/^\.It Fl //p' "$page" |
		sed 's/ Ns = Ns Ar /=/; s/ Ns Oo = Ns Ar \(.*\) Oc$/[=\1]/; s/ , Fl / -/; s/^/-/' |
		sort -u >"$tmp/page"
	diff -u "$tmp/table" "$tmp/page" || { echo "$page: its options are not the table's"; bad=1; }
	awk -F '\t' -v c="$cmd" '
		$1 == "command" { split($2, word, " "); on = (word[1] == c) }
		on && $1 == "column" { print $2 }' "$tmp/dump" | sort -u >"$tmp/table"
	# The columns are the items of lists below ".Sh COLUMNS": ".It Cm input"
	sed -n '/^\.Sh COLUMNS/,/^\.Sh [^C]/s/^\.It Cm \([a-z0-9_]*\).*/\1/p' "$page" |
		sort -u >"$tmp/page"
	diff -u "$tmp/table" "$tmp/page" || { echo "$page: its columns are not the table's"; bad=1; }
	summary=$(awk -F '\t' -v c="$cmd" '$1 == "command" && $2 == c { print $4 }' "$tmp/dump")
	grep -qxF ".Nd $summary" "$page" || { echo "$page: .Nd is not \"$summary\""; bad=1; }
	grep -qF ".Xr netipc-$cmd 1" "$srcdir/man/netipc.1" ||
		{ echo "netipc.1 does not refer to netipc-$cmd(1)"; bad=1; }
	for section in SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
		grep -qx ".Sh $section" "$page" || { echo "$page: no $section"; bad=1; }
	done
done <"$tmp/commands"

# Examples stand by task: each display of that section has words before it that say what for
for page in "$srcdir"/man/*.[17] man/netipc-sockopt.7; do
	awk -v page="$page" '
		/^\.Sh / { on = ($0 == ".Sh EXAMPLES") }
		!on { next }
		/^\.\\"/ || /^\.Pp$/ { next }
		/^\.S[hs] / { text = ""; next }
		/^\.Bd / {
			displays++
			if (text == "") { print page ":" FNR ": an example without a task"; bad = 1 }
			display = 1
			next
		}
		/^\.Ed/ { display = 0; text = ""; next }
		!display { text = $0 }
		END { if (!displays) { print page ": no examples"; bad = 1 } exit bad }' "$page" || bad=1
done
exit $bad
