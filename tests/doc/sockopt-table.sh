#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc-sockopt(7) and the completion have what the table of options has
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

page=man/netipc-sockopt.7 # it is made by make
netipc sockopt list --json >"$tmp/list"

# NAME NUMBER of the items of the levels that have lists, and of those in "OTHER LEVELS"
sed -n '/^\.Sh OTHER LEVELS/q
	s/^\.It Dv \([A-Z0-9_]*\) Pq \(.*\)$/\1 \2/p' "$page" >"$tmp/page"
sed -n '/^\.Sh OTHER LEVELS/,$s/^\([A-Za-z0-9_]*\) (\([0-9a-fx]*\))[,.]$/\1 \2/p' "$page" |
	while read -r name number; do
		echo "$name $((number))"
	done >>"$tmp/page"
same "as many options" "$(wc -l <"$tmp/list")" "$(wc -l <"$tmp/page")"
# The numbers of SOL_SOCKET are this machine's in the list, and the names of libc's may be _NEW ones
jq -r 'select(.level != "SOL_SOCKET") | "\(.option) \(.number)"' "$tmp/list" | sort >"$tmp/wanted"
sort "$tmp/page" | comm -13 - "$tmp/wanted" >"$tmp/missing"
same "each with its number" '' "$(cat "$tmp/missing")"
jq -r .option "$tmp/list" | sort >"$tmp/wanted"
cut -d' ' -f1 "$tmp/page" | sort | comm -3 - "$tmp/wanted" >"$tmp/missing"
same "each by its name" '' "$(cat "$tmp/missing")"
same "no type is missing" 0 "$(grep -c '^; ' "$page")"

# The type and the meaning of one
awk '/^\.It Dv TCP_KEEPIDLE / { n = 4 } n-- > 0' "$page" >"$tmp/one"
same "what stands there" '.It Dv TCP_KEEPIDLE Pq 4
seconds; get, set; Linux 2.4
.br
Idle time before the first probe (default net.ipv4.tcp_keepalive_time).' "$(cat "$tmp/one")"

netipc __complete sockopt list '' | cut -f1 | sort >"$tmp/words"
jq -r 'select(.get != null) | .level, .option' "$tmp/list" |
	grep -vE '^(SCTP|DCCP)_|^SOL_(SCTP|DCCP)$' | sort -u | comm -13 "$tmp/words" - >"$tmp/missing"
same "each option can be completed" '' "$(cat "$tmp/missing")"
done_testing
