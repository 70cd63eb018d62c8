#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of netipc-sockopt(1) with live sockets print what stands below them.
#
# They are the displays below a line  .\" no-test live , one after the other, and run in a network
# namespace with a server called postgres at port 5432 and a client called client that is
# connected to it.  Process ids, inodes, users and the client's port stand for any.
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator does not pass pidfd_getfd on'

if [ $# -eq 0 ]; then
	in_netns "$0" inside
	exit
fi

for name in postgres client; do
	cp "${HOLDER:?run by make check}" "$tmp/$name"
done
HOLDER=$tmp/postgres
start_server() {
	"$HOLDER" listen:5432+SO_REUSEADDR=1 accept+TCP_NODELAY=1+TCP_KEEPIDLE=60 \
		>"$tmp/server.out" 2>"$tmp/server.err" </dev/null &
	pids="$pids $!"
}
start_server
HOLDER=$tmp/client
holder client connect:5432
wait_ready server
netipc sockopt show "$pid" >/dev/null 2>"$tmp/err" || skip "live sockets: $(cat "$tmp/err")"

mkdir "$tmp/bin" "$tmp/room"
cat >"$tmp/bin/netipc" <<END
#!/bin/sh
exec "$NETIPC" "\$@"
END
chmod +x "$tmp/bin/netipc"
PATH=$tmp/bin:$PATH

# masked FILE - in place: what is another number each time
masked() {
	sed -E 's/\[[0-9]+\] fd/[PID] fd/; s/uid=[0-9]+/uid=N/; s/pid=[0-9]+/pid=N/
		s/ino[ =][0-9]+/ino N/; s/127\.0\.0\.1:[0-9]{5}/127.0.0.1:PORT/g
		s/^ *[0-9]+ ( [0-9 ]* postgres)/PID\1/; s/^ *PID  FD/PID  FD/
		s/PORT +on$/PORT on/; s/PORT +off$/PORT off/; s/PEER +NODELAY/PEER NODELAY/
		s/- +off$/- off/' "$1" >"$1.masked"
	mv "$1.masked" "$1"
}

awk -v dir="$tmp" '
	/^\.\\" no-test live/ { live = 1 }
	/^\.Ed/ { live = display = 0 }
	display && /^\$ / { sub(/^\$ /, ""); gsub(/\\e/, "\\"); print > (dir "/commands"); print "$ " $0 > (dir "/want"); next }
	display { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print > (dir "/want") }
	live && /^\.Bd -literal/ { display = 1 }' "$srcdir/man/netipc-sockopt.1"
while read -r command; do
	printf '$ %s\n' "$command"
	(cd "$tmp/room" && eval "$command" 2>&1 </dev/null)
done <"$tmp/commands" >"$tmp/got"
# What this machine has instead of the usual values
sed -i -E "s/7200s/$(cat /proc/sys/net/ipv4/tcp_keepalive_time)s/" "$tmp/want"
masked "$tmp/want"
masked "$tmp/got"
ok 'the examples hold' diff -u "$tmp/want" "$tmp/got"
cat "$tmp/ok"
same 'there are some' yes "$([ "$(wc -l <"$tmp/commands")" -gt 5 ] && echo yes)"
done_testing
