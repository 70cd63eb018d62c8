#!/bin/sh
# SPDX-License-Identifier: MIT
# startup.sh - how long each command that asks the network nothing takes from start to exit,
# as a ratio to /bin/true; called by make bench.  ROUNDS (default 1000) is how often.
set -eu
: "${NETIPC:?run by make bench}" "${builddir:?run by make bench}"
limit=1.3
LC_ALL=C.UTF-8
export LC_ALL

commands='
--version
--list
addr --help
addr 127.0.0.1
addr 2001:db8::1 --json
hosts
hosts localhost
protos
protos tcp
services
services http
resolve --numerichost 127.0.0.1
rresolve --numerichost --numericserv 127.0.0.1 80
sockopt list
echo-server --help
echo-client --help
'

# A command that this build does not have is left out.
present=$("$NETIPC" --list)
{
	echo /bin/true
	echo "$commands" | while read -r line; do
		case $line in
		'') ;;
		-*) echo "$NETIPC $line" ;;
		*)
			if echo "$present" | grep -qx "${line%% *}"; then
				echo "$NETIPC $line"
			fi
			;;
		esac
	done
} | "$builddir/tests/bench/spawn" "${ROUNDS:-1000}" | awk -F '\t' -v limit="$limit" '
	NR == 1 { base = $1; print " median  ratio  command" }
	{
		sub(/^.*\/netipc /, "netipc ", $5)
		over = $1 / base > limit
		printf "%4.0f us   %.2f  %s%s\n", $1, $1 / base, $5, over ? "  (over " limit ")" : ""
		many += over
	}
	END {
		if (NR < 2) exit 1
		printf "%d of %d commands are over %s times /bin/true\n", many, NR - 1, limit
	}'
