#!/bin/sh
# SPDX-License-Identifier: MIT
# README.md: nine examples, one a command; its links lead somewhere; and what it says beside another
# tool can be repeated, by a script that has that tool.  tests/doc/examples.sh runs the examples.
# shellcheck disable=SC2016 # backquotes of Markdown
. "${srcdir:?run by make check}/tests/lib.sh"
readme=$srcdir/README.md

sed -n '/^```console/,/^```$/p' "$readme" >"$tmp/examples"
same 'nine examples' 9 "$(grep -c '^```console' "$tmp/examples")"
for command in $(netipc --list); do
	ok "an example of $command" grep -qE "(^\\\$|\\|) netipc $command " "$tmp/examples"
	ok "$command in the table" grep -qE "^\\| .*\`$command\`.* \\|" "$readme"
done

grep -oE '\]\([^)#]+' "$readme" | sed 's/^](//' | grep -v '^https\{0,1\}:' | sort -u >"$tmp/links"
ok 'there are links' [ "$(wc -l <"$tmp/links")" -gt 4 ]
while read -r link; do
	ok "the link to $link" test -e "$srcdir/$link"
done <"$tmp/links"

# | TOOL VERSION | the same work | ratio | `SCRIPT`, `SCRIPT` |
sed -n '/^| tool |/,/^$/{ /^| tool |/d; /^|---/d; /^$/d; p; }' "$readme" >"$tmp/rows"
ok 'there are rows' [ "$(wc -l <"$tmp/rows")" -gt 12 ]
while IFS='|' read -r _ tool _ _ scripts _; do
	tool=$(echo "$tool" | sed 's/^ //; s/ $//; s/ [0-9.]*$//')
	for script in $(echo "$scripts" | tr -d '`,'); do
		case $tool in
		*' '*) ok "$tool: $script" test -e "$srcdir/$script" ;; # it is described
		*) ok "$tool: $script" grep -qw -- "$tool" "$srcdir/$script" ;;
		esac
	done
done <"$tmp/rows"
for tool in grepcidr iprange sipcalc getent dig massdns socat ncat sockperf ss strace gdb; do
	ok "a row of $tool" grep -qE "^\\| $tool( [0-9.]+)? \\|" "$tmp/rows"
done
done_testing
