#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client: what is sent and returned, verdicts, formats, peers, time-outs
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq cmp

# client INPUT ARG... - the client with a file as its input; $status, $tmp/back, $tmp/err
client() {
	_input=$1
	shift
	netipc echo-client "$@" <"$_input" >"$tmp/back" 2>"$tmp/err"
	status=$?
}

# returns NAME INPUT ARG... - all of it comes back, without a word
returns() {
	_name=$1
	shift
	client "$@"
	if [ $status -eq 0 ] && cmp -s "$1" "$tmp/back" && [ ! -s "$tmp/err" ]; then
		pass "$_name"
	else
		fail "$_name: status $status, $(wc -c <"$tmp/back") bytes; $(cat "$tmp/err")"
	fi
}

# says NAME STATUS BACK STDERR-GLOB INPUT ARG...
says() {
	_name=$1 _status=$2 _back=$3 _err=$4
	shift 4
	client "$@"
	if [ $status -eq "$_status" ] && like "$_err" "$(cat "$tmp/err")" &&
		like "$_back" "$(cat "$tmp/back")"; then
		pass "$_name"
	else
		fail "$_name: status $status, wanted $_status; stderr: $(cat "$tmp/err")"
		echo "  wanted stderr: $_err; got back: $(head -c 100 "$tmp/back")"
	fi
}

printf 'hello\nworld\n' >"$tmp/two"
printf 'hi papa\n' >"$tmp/papa"
: >"$tmp/empty"

start tcp echo-server -q 0
wait_ready tcp
port=${ready##*:}
returns 'HOST PORT' "$tmp/two" 127.0.0.1 "$port"
returns 'HOST:PORT' "$tmp/two" "127.0.0.1:$port"
returns '[v6]:PORT' "$tmp/two" "[::1]:$port"
returns 'v6 PORT' "$tmp/two" ::1 "$port"
returns 'a name' "$tmp/two" localhost "$port"
returns 'empty input' "$tmp/empty" 127.0.0.1 "$port"
done_testing
