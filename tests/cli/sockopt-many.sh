#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt show of so many sockets that threads share them; an own descriptor; a network's name
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'
need jq python3

# More than two threads take in one round; each third socket has a value of its own
kinds=$(i=0 && while [ "$i" -lt 600 ]; do
	i=$((i + 1))
	[ $((i % 3)) -eq 0 ] && echo "udp+SO_RCVLOWAT=$((i + 1))" || echo udp
done)
# shellcheck disable=SC2086 # a word a socket
holder many $kinds
holds=$pid
netipc sockopt show "$holds" >/dev/null 2>"$tmp/err" || skip "live sockets: $(cat "$tmp/err")"

# What the records have, as text: one thread prints those.
netipc sockopt show --changed --json "$holds" | jq -r '
	"\(.process)[\(.pid)] fd \(.fd)  udp UNCONN  \(.local)  ino \(.inode)",
	"  \(.option) \(.value)"' >"$tmp/want"
netipc sockopt show --changed "$holds" >"$tmp/all" 2>"$tmp/err"
same 'many: status' '0 ' "$? $(cat "$tmp/err")"
sed 's/^  \([A-Z_]*\)  *\([0-9]*\)  *(default 1)$/  \1 \2/' "$tmp/all" >"$tmp/out"
ok 'many: as one thread has it, in the same order' cmp "$tmp/want" "$tmp/out"
same 'many: each third' 200 "$(grep -c 'SO_RCVLOWAT' "$tmp/out")"
netipc sockopt show "$holds" >"$tmp/all" 2>"$tmp/err"
same 'many, all options: status' '0 ' "$? $(cat "$tmp/err")"
same 'many, all options: each socket once' "$(awk '$1 == "udp" { print $3 }' "$tmp/many.out")" \
	"$(sed -n 's/^[^ ].*  ino //p' "$tmp/all")"
# Whatever else the machine has there
netipc sockopt show 127.0.0.1 >"$tmp/all" 2>"$tmp/err"
same 'many, by address: status' 0 $?
same 'many, by address: each socket once' "$(awk '$1 == "udp" { print $3 }' "$tmp/many.out")" \
	"$(sed -n "s/^[^ ]*\[$holds].*  ino //p" "$tmp/all")"
netipc sockopt show "$holds" >/dev/full 2>"$tmp/err"
same 'many: a full disk' 3 $?

if command -v strace >/dev/null &&
	strace -o /dev/null -e inject=getppid:error=EPERM true 2>/dev/null; then
	runner=$NETIPC_EXEC
	# Leaks cannot be looked for below ptrace.
	NETIPC_EXEC="env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e inject=?fork,clone,?clone3:error=EAGAIN $runner"
	t 'many: no thread' 3 '' 'netipc sockopt show: start a thread: *' sockopt show "$holds"
	NETIPC_EXEC="env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e inject=getsockname:error=ENOBUFS:when=3 $runner"
	t 'many: a name cannot be read' 3 '*' \
		'netipc sockopt show: [1-9]* socket* could not be read in full: *' sockopt show "$holds"
	NETIPC_EXEC=$runner
else
	left_out 'many: no thread, no name' 'ptrace is refused here'
fi

# A descriptor that netipc inherited
cat >"$tmp/own.py" <<'END'
import socket, subprocess, sys
a, b = socket.socketpair()
if sys.argv[1] == "tcp":
    listener = socket.create_server(("127.0.0.1", 0))
    a = socket.create_connection(listener.getsockname())
    b = listener.accept()[0]
sys.exit(subprocess.run(sys.argv[2:], stdin=a).returncode)
END
# own KIND ARG... - netipc sockopt ARG... with a socket as its standard input
own() {
	_kind=$1
	shift
	# shellcheck disable=SC2086
	python3 "$tmp/own.py" "$_kind" $NETIPC_EXEC "$NETIPC" sockopt "$@" 2>"$tmp/err"
}
same 'own: it is shown' 'fd 0  unix-stream ESTAB' "$(own unix show fd=0 | sed -n '1s/  unix: .*//p')"
same 'own: TCP' 'fd 0  tcp ESTAB' "$(own tcp show fd=0 | sed -n '1s/  127.*//p')"
same 'own: a record' '{"pid":null,"fd":0,"type":"stream","option":"SO_TYPE"}' \
	"$(own tcp show --json --options=SO_TYPE fd=0 | jq -c '{pid,fd,type,option}')"
same 'own: a row' '- 0 off' "$(own tcp show -t --options=TCP_NODELAY fd=0 |
	awk 'NR == 2 { print $1, $2, $NF }')"
same 'own: get' off "$(own tcp get fd=0 TCP_NODELAY)"
same 'own: set' '  TCP_NODELAY  was off  asked on  got on' "$(own tcp set fd=0 TCP_NODELAY=1 | sed 1d)"
same 'own: set, a record' '[0,null,true]' \
	"$(own tcp set --json fd=0 TCP_NODELAY=1 | jq -c '[.fd,.pid,.got]')"
like '*: uid=* set ino=* TCP_NODELAY off->on' "$(cat "$tmp/err")" && pass 'own: the audit has no process' ||
	fail "own: the audit: $(cat "$tmp/err")"
own tcp get fd=9 SO_TYPE
same 'own: not open' '3 netipc sockopt get: fd=9: Bad file descriptor' "$? $(cat "$tmp/err")"

# A network
t 'a network: a path' 2 '' '*--netns /proc/1/ns/net: want a process id or a name*' \
	sockopt show --netns /proc/1/ns/net
t 'a network: no process' 3 '' 'netipc sockopt show: --netns 2147483647: No such *' \
	sockopt show --netns 2147483647

# By its name, as ip-netns(8) keeps it
if [ -n "$netns" ] && command -v ip >/dev/null; then
	# shellcheck disable=SC2016 # the inner shell expands it
	$netns -m sh -c 'mount -t tmpfs none /run && mkdir /run/netns && : >/run/netns/own &&
		: >/run/netns/none && mount --bind /proc/self/ns/net /run/netns/own || exit 99
		ip link set lo up
		"$HOLDER" udp >"$0/inner" </dev/null &
		i=0
		until grep -q "^ready" "$0/inner" || [ $((i += 1)) -gt 200 ]; do sleep 0.05; done
		"$NETIPC" sockopt show --netns=own "$!" >"$0/in"
		echo "in $?"
		"$NETIPC" sockopt show --netns=none "$!"
		echo "out $?"
		"$NETIPC" sockopt show --netns=other "$!"
		echo "none $?"
		kill "$!"' "$tmp" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ "$status" -eq 99 ]; then
		left_out 'a name of a network' 'nothing can be mounted here'
	else
		same 'a name of a network' 'in 0 out 1 none 3' "$(tr '\n' ' ' <"$tmp/out" | sed 's/ $//')"
		same 'a name of a network: its socket' 1 "$(grep -c '^[^ ].* udp UNCONN' "$tmp/in")"
		ok 'a name of a network: none' grep -q 'netns other: No such file' "$tmp/err"
	fi
else
	left_out 'a name of a network' 'no network namespace can be made here'
fi
done_testing
