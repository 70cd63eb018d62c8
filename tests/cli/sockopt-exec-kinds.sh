#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt exec of programs of every kind: however linked, in other languages, of 32 bits
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'the emulator has no seccomp'
netipc sockopt exec -q SO_KEEPALIVE=1 -- true 2>"$tmp/err"
[ $? -eq 125 ] && skip "$(cat "$tmp/err")"
say='netipc sockopt exec: '

# build NAME COMPILER... - compiles forced.c so, or leaves the kind out
build() {
	_kind=$1
	shift
	if "$@" -o "$tmp/forced" "$srcdir/tests/forced.c" -pthread >"$tmp/log" 2>&1; then
		return 0
	fi
	left_out "$_kind" "$(tail -n 1 "$tmp/log")"
	return 1
}

# both NAME - what was built sees the option on both ends of a connection
both() {
	t "$1" 0 '30000
30000' "${say}TCP_USER_TIMEOUT=30s: set on 2 sockets" sockopt exec user_timeout=30s -- \
		"$tmp/forced" tcp bind listen tcp connect get:6:18 accept get:6:18
}

mkdir "$tmp/include"
ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$(uname -m)-linux-gnu/asm" \
	"$tmp/include"
build "dynamic" cc && both "dynamic"
build "static" cc -static && both "static"
build "static musl" musl-gcc -static -idirafter "$tmp/include" && both "static musl"

if [ "$(uname -m)" != x86_64 ]; then
	left_out "32 bits" 'this machine has no i386'
elif cc -m32 -O1 -fno-pie -no-pie -fno-stack-protector -ffreestanding -nostdlib -static \
	-o "$tmp/forced32" "$srcdir/tests/forced_i386.c" 2>"$tmp/log" && "$tmp/forced32"; then
	t "32 bits" 2 '' "${say}SO_KEEPALIVE=on: set on 2 sockets" \
		sockopt exec SO_KEEPALIVE=1 -- "$tmp/forced32"
else
	left_out "32 bits" "$(tail -n 1 "$tmp/log")"
fi

if ! command -v go >/dev/null; then
	left_out "Go" 'go is not installed'
elif CGO_ENABLED=0 GOCACHE=$tmp/go GO111MODULE=off go build -o "$tmp/forced.go" \
	"$srcdir/tests/forced.go" >"$tmp/log" 2>&1; then
	t "Go, which is static" 0 '30000 <nil>
30000 <nil>' "${say}TCP_USER_TIMEOUT=30s: set on 2 sockets" \
		sockopt exec user_timeout=30s -- "$tmp/forced.go"
else
	left_out "Go" "$(tail -n 1 "$tmp/log")"
fi

if command -v python3 >/dev/null; then
	t "Python" 0 '30000' "${say}TCP_USER_TIMEOUT=30s: set on 2 sockets" \
		sockopt exec user_timeout=30s -- python3 -c '
import socket
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
print(client.getsockopt(socket.IPPROTO_TCP, 18))'
else
	left_out "Python" 'python3 is not installed'
fi

if command -v node >/dev/null; then
	t "node, which connects in a thread of many" 0 'connected' \
		"*connect: TCP_USER_TIMEOUT 0s -> 30s*TCP_USER_TIMEOUT=30s: set on 2 sockets" \
		sockopt exec -v user_timeout=30s -- node -e '
const net = require("net")
const server = net.createServer().listen(0, "127.0.0.1", () => {
	const client = net.connect(server.address().port, "127.0.0.1", () => {
		console.log("connected")
		client.destroy()
		server.close()
	})
})'
else
	left_out "node" 'node is not installed'
fi

if command -v ip >/dev/null && [ -n "$netns" ]; then
	# shellcheck disable=SC2086
	t "in another network namespace" 0 '1' "${say}SO_KEEPALIVE=on: set on 1 socket" \
		sockopt exec SO_KEEPALIVE=1 -- $netns sh -c 'ip link set lo up && exec "$@"' sh \
		"${FORCED:?run by make check}" tcp bind get:1:9
	# shellcheck disable=SC2086
	t "UDP there is not made here" 0 '64' "${say}IP_TTL=9: set on 0 sockets
${say}1 UDP socket was neither bound nor connected: not covered" \
		sockopt exec --udp IP_TTL=9 -- $netns sh -c 'ip link set lo up && exec "$@"' sh \
		"$FORCED" udp send get:0:2
else
	left_out "another network namespace" 'none can be made here'
fi

done_testing
