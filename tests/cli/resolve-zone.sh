#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve and rresolve: an interface whose name would act on the terminal
. "${srcdir:?run by make check}/tests/lib.sh"
need jq ip unshare

zone=$(printf 'a\033[31mZ')
# shellcheck disable=SC2016 # the inner shell expands it
renamed='ip link set lo down && ip link set lo name "$0" && exec "$@"'
in_netns sh -c "$renamed" "$zone" true 2>"$tmp/why" ||
	skip "no interface of such a name can be made: $(head -n 1 "$tmp/why")"
netipc() {
	# shellcheck disable=SC2086
	in_netns sh -c "$renamed" "$zone" $NETIPC_EXEC "$NETIPC" "$@"
}

t "resolve" 0 'fe80::1%a\x1b[31mZ' '' resolve fe80::1%1
t "resolve, with a port" 0 '[fe80::1%a\x1b[31mZ]:80' '' resolve fe80::1%1 80
t "resolve, the lecture's line" 0 '[fe80::1%a\x1b[31mZ]:80' '' resolve --classic -6 fe80::1%1 80
t "resolve, a table" 0 'fe80::1%a\x1b[31mZ  a\x1b[31mZ' '' \
	resolve --socktype stream -H -o address,zone fe80::1%1
tj "resolve, JSON: not escaped twice" 0 '[.address,.zone]' \
	'["fe80::1%a\u001b[31mZ","a\u001b[31mZ"]' '' resolve --socktype stream -j fe80::1%1
t "rresolve" 0 'fe80::1%a\x1b[31mZ' '' rresolve --numerichost fe80::1%1
t "rresolve, the error" 1 '' 'netipc rresolve: fe80::1%a\\x1b\[31mZ: *(EAI_NONAME)' \
	rresolve --numerichost --namereqd fe80::1%1
tj "rresolve, JSON" 0 '[.input,.address,.zone]' \
	'["fe80::1%1","fe80::1%a\u001b[31mZ","a\u001b[31mZ"]' '' \
	rresolve --numerichost -j fe80::1%1
done_testing
