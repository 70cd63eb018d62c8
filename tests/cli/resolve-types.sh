#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve -t: each type's records are the lines that dig prints, which tests/data/rr.zone
# has as comments; where dig is installed it is asked too, so that the comments are right
. "${srcdir:?run by make check}/tests/lib.sh"
zone=$srcdir/tests/data/rr.zone

# one line a record, one space between its words
lines='s/^([^[:space:]]+)[[:space:]]+([0-9]+)[[:space:]]+IN[[:space:]]+([^[:space:]]+)[[:space:]]+/\1 \2 IN \3 /'
sed -nE 's/^(0[^ ]*) 300 TYPE[0-9]+ .* ; ([^ ]+ )/\1. 300 IN \2/p' "$zone" >"$tmp/dig"
sed -nE 's/^(0[^ ]*) 300 (TYPE[0-9]+) .*/\1 \2/p' "$zone" >"$tmp/names"
if [ "$(wc -l <"$tmp/names")" -gt 100 ]; then
	pass "the zone has records"
else
	fail "the zone has records"
fi

fakedns zone --zone "$zone"
wait_ready zone
while read -r name type; do
	netipc resolve "@$ready" -t "$type" "$name" || echo "$name $type: status $?"
done <"$tmp/names" >"$tmp/netipc" 2>&1
if cmp -s "$tmp/dig" "$tmp/netipc"; then
	pass "netipc prints what dig prints"
else
	fail "netipc prints what dig prints"
	diff "$tmp/dig" "$tmp/netipc" | head -n 20
fi

case $(dig -v 2>&1) in
"DiG 9.18."*)
	dig "@${ready%#*}" -p "${ready#*#}" +noall +answer +nocookie -f "$tmp/names" 2>&1 |
		sed -E "$lines" >"$tmp/asked"
	if cmp -s "$tmp/dig" "$tmp/asked"; then
		pass "dig prints that"
	else
		fail "dig prints that"
		diff "$tmp/dig" "$tmp/asked" | head -n 20
	fi
	;;
*) left_out "dig prints that" "dig 9.18 is not installed" ;;
esac
done_testing
