#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --watch: the hosts file changes between two look-ups
. "${srcdir:?run by make check}/tests/lib.sh"
need jq unshare

t "no time" 2 '' '*option --watch needs a value*' resolve localhost --watch
t "no time between" 2 '' '*--watch needs some time between two look-ups*' resolve --watch 0 x
t "--count alone" 2 '' '*--count is for --watch*' resolve -c 1 localhost
t "a list" 2 '' '*--watch takes one NAME*' resolve --watch 1 -
t "an empty name" 2 '' '*the name is empty*' resolve --watch 1 ''
t "--watch and --file" 2 '' '*--watch and --file do not go together*' \
	resolve --watch 1 -f x
# stamp - the times replaced by T
stamp() {
	sed 's/^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]\{3\}Z /T /' "$1"
}
netipc resolve --watch 10ms -c 3 192.0.2.1 80 >"$tmp/out" 2>"$tmp/err"
same "no change: status" 0 $?
same "no change: one line, with its time" 'T 192.0.2.1 answer 192.0.2.1:80' "$(stamp "$tmp/out")"
netipc resolve --numerichost --watch 10ms -c 2 name >"$tmp/out" 2>"$tmp/err"
same "a failure: status" 1 $?
ok "a failure: one line" like 'T name failed name: *(EAI_NONAME)' "$(stamp "$tmp/out")"
tj "JSON" 0 '[.name,.service,.change,.address,.addresses,.status,.error,(.time|length)]' \
	'["192.0.2.1",null,"answer",null,["192.0.2.1"],"ok",null,24]' '' \
	resolve --watch 10ms -c 1 -j 192.0.2.1

# The DNS itself
cat >"$tmp/zone" <<'END'
test 60 SOA ns.test hostmaster.test 1 2 3 4 5
two.test 60 A 192.0.2.1
two.test 60 A 192.0.2.2
two.test 60 AAAA 2001:db8::1
END
fakedns dns --zone "$tmp/zone" -a 127.0.0.1#0
wait_ready dns
tj "the DNS" 0 '[.change,.status,.addresses]' \
	'["answer","ok",["192.0.2.1","192.0.2.2","2001:db8::1"]]' '' \
	resolve --watch 10ms -c 2 -j "@$ready" two.test.
tj "the DNS, IPv6 and a port" 0 .addresses '["[2001:db8::1]:80"]' '' \
	resolve --watch 10ms -c 2 -6 -j "@$ready" two.test. 80
tj "the DNS, no such name" 1 '[.change,.status,.error]' \
	'["failed","nxdomain","none.test.: no such name (NXDOMAIN)"]' '' \
	resolve --watch 10ms -c 2 -j "@$ready" none.test.
t "the DNS, an address" 2 '' '*an address is never looked up in the DNS' \
	resolve --watch 1 -c 1 "@$ready" 192.0.2.1
t "the DNS, records" 2 '' '*no --type*' resolve --watch 1 -t MX "@$ready" two.test.
t "the DNS and a source" 2 '' '*--source is of libc*' \
	resolve --watch 1 -s files "@$ready" two.test.
t "the DNS, no such service" 1 '' '*EAI_SERVICE*' \
	resolve --watch 1 -c 1 "@$ready" two.test. no-such-service

mkdir "$tmp/etc"
hosts=$tmp/etc/hosts
printf '192.0.2.1\tname\n' >"$hosts"
printf 'hosts: files\n' >"$tmp/etc/nsswitch.conf"
in_world "$tmp/etc" true 2>"$tmp/why" ||
	skip "no namespace with files of /etc: $(head -n 1 "$tmp/why")"
# shellcheck disable=SC2016,SC2086
in_world "$tmp/etc" sh -c 'echo $$ >"$0/pid"; exec "$@"' "$tmp" \
	$NETIPC_EXEC "$NETIPC" resolve --watch 20ms name >"$tmp/out" 2>"$tmp/err" &
shell=$!
poll test -s "$tmp/pid" || fail "it does not start"
watching=$(cat "$tmp/pid")
pids="$pids $watching"
# line N WANT NAME - line N comes and is WANT
line() {
	poll awk -v n="$1" 'END { exit NR < n }' "$tmp/out" || fail "$3: no line"
	got=$(stamp "$tmp/out" | sed -n "$1p")
	if like "$2" "$got"; then
		pass "$3"
	else
		fail "$3: got $got"
	fi
}
# The file is written over: it is bound to its inode.  What it has meanwhile is not seen,
# because one write(2) makes it longer first.
line 1 'T name answer 192.0.2.1' "the present answer"
printf '192.0.2.1\tname\n192.0.2.2\tname\n' | dd of="$hosts" conv=notrunc 2>/dev/null
line 2 'T name added 192.0.2.2' "an address more"
printf '192.0.2.2\tname\n192.0.2.1\tname\n' | dd of="$hosts" conv=notrunc 2>/dev/null
line 3 'T name order 192.0.2.2 192.0.2.1' "another order"
printf '192.0.2.2\tname\n192.0.2.3\tname\n' | dd of="$hosts" conv=notrunc 2>/dev/null
line 4 'T name removed 192.0.2.1' "an address less"
line 5 'T name added 192.0.2.3' "and another one"
printf '192.0.2.2\tcame\n192.0.2.3\tcame\n' | dd of="$hosts" conv=notrunc 2>/dev/null
line 6 'T name failed name: *(EAI_*)' "none"
printf '192.0.2.2\tname\n192.0.2.3\tname\n' | dd of="$hosts" conv=notrunc 2>/dev/null
line 7 'T name recovered 192.0.2.[23] 192.0.2.[23]' "again"
kill -s TERM "$watching"
wait "$shell"
same "SIGTERM: status" 143 $?
same "no other line" 7 "$(wc -l <"$tmp/out")"
same "no complaint" '' "$(grep netipc "$tmp/err")"
done_testing
