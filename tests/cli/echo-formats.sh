#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client and echo-server: each mode in each form of records, valid and with every
# column that the command declares, each of its type
. "${srcdir:?run by make check}/tests/lib.sh"
need jq socat python3

start server echo-server -q --tcp --udp 127.0.0.1:0
wait_ready server
tcp=$(sed -n 's/^ready \(.*\) tcp$/\1/p' "$tmp/server.out")
poll grep -q udp "$tmp/server.out"
udp=$(sed -n 's/^ready \(.*\) udp$/\1/p' "$tmp/server.out")

# The columns of each view, "NAME TYPE" a line: one begins with its first column's name
netipc __dump | awk -F '\t' -v to="$tmp/columns" '
	$1 == "command" { view = $2 ~ /^echo-/ ? $2 : ""; next }
	$1 != "column" || view == "" { next }
	$2 == "record" { view = ++records == 1 ? "ping" : "load" }
	$2 == "check" { view = "check" }
	{ print $2, $3 >(to "." view) }'

cat >"$tmp/valid.py" <<'END'
import csv, json, sys
path, form, columns = sys.argv[1:4]
columns = [line.split() for line in open(columns)]
names = [name for name, kind in columns]
text = open(path, newline="", encoding="utf-8").read()
end = "\r\n" if form == "csv" else "\n"
assert text.endswith(end), "the last line has no end"
assert form != "csv" or "\n" not in text.replace("\r\n", ""), "a bare line feed"
lines = text[:-len(end)].split(end)
types = { "string": str, "integer": int, "boolean": bool, "seconds": (int, float) }

def valid(name, kind, value):
    if value is None or kind not in types:
        return
    assert isinstance(value, types[kind]), "%s is %r, no %s" % (name, value, kind)
    assert kind == "boolean" or not isinstance(value, bool), "%s is a boolean" % name
    if kind in ("integer", "seconds"):
        assert value >= 0, "%s is %r" % (name, value)

def read(kind, text):
    if text == "":
        return None
    if kind == "boolean":
        return { "yes": True, "no": False, "true": True, "false": False }[text]
    return { "integer": int, "seconds": float }.get(kind, str)(text)

if form == "json":
    rows = [json.loads(line) for line in lines]
    for row in rows:
        assert list(row) == names, "keys %r" % list(row)
        for name, kind in columns:
            valid(name, kind, row[name])
else:
    rows = list(csv.reader(lines, strict=True)) if form == "csv" else \
        [line.split("\t") for line in lines]
    assert rows[0] == names, "heading %r" % rows[0]
    for row in rows[1:]:
        assert len(row) == len(names), "%d fields in %r" % (len(row), row)
        for (name, kind), field in zip(columns, row):
            valid(name, kind, read(kind, field))
    del rows[0]
assert rows, "no record"
END

# forms NAME VIEW FIRST ARG... - netipc echo-client ARG... in each form; FIRST are two columns
forms() {
	_mode=$1 _view=$2 _first=$3
	shift 3
	for _form in json csv tsv; do
		echo hello | netipc echo-client "--$_form" "$@" >"$tmp/records" 2>"$tmp/err"
		same "$_mode, $_form: status" '0 ' "$? $(cat "$tmp/err")"
		ok "$_mode, $_form" python3 "$tmp/valid.py" "$tmp/records" $_form \
			"$tmp/columns.$_view"
	done
	echo hello | netipc echo-client -o "$_first" "$@" >"$tmp/records"
	same "$_mode, -o: heading" "$(echo "$_first" | tr 'a-z,_' 'A-Z -')" \
		"$(head -n 1 "$tmp/records" | tr -s ' ')"
	ok "$_mode, -o: a record" test "$(wc -l <"$tmp/records")" -ge 2
	echo hello | netipc echo-client -o "$_first" --tsv -H "$@" >"$tmp/records"
	same "$_mode, -H: two fields in each" 2 "$(awk -F '\t' '{ print NF }' "$tmp/records" | sort -u)"
	echo hello | netipc echo-client --json "$@" >/dev/full 2>"$tmp/err"
	same "$_mode, a full disk" 3 $?
	echo hello | netipc echo-client -o none "$@" >"$tmp/records" 2>"$tmp/err"
	same "$_mode, no such column" 2 $?
}
forms 'the pipe' echo-client sent_bytes,received_bytes "$tcp"
forms 'the pipe, UDP' echo-client datagrams,lost -u "$udp"
forms '--ping' ping number,status --ping -c 2 -i 10ms -t 20 "$tcp"
times=--timestamping
emulated && times= # an emulator has none
# shellcheck disable=SC2086
forms '--ping, UDP' ping number,status --ping -u -c 2 -i 10ms -t 20 $times "$udp"
forms '--ping --connect' ping number,connect_s --ping --connect -c 2 -i 10ms -t 20 "$tcp"
forms '--load' load sent,received --load -c 20 -t 20 "$tcp"
forms '--load, UDP' load sent,received --load -u -c 20 -t 20 "$udp"
forms '--load, open' load sent,unsent --load -c 20 -i 0.1 --rate 100 -t 20 "$tcp"
forms '--bulk' load sent_bytes,received_bytes --bulk -d 0.1 -t 20 "$tcp"
forms '--churn' load connections,broken --churn -c 5 -t 20 "$tcp"
forms '--check, UDP' check check,result --check -u -t 20 "$udp"
forms '--flags' check check,result --flags -t 20 "$tcp"
stop $pid

# The server's events
for form in json csv tsv; do
	start events echo-server --$form 127.0.0.1:0
	poll grep -q ready "$tmp/events.out"
	port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$tmp/events.out" | head -n 1)
	same "events, $form: echoed" hello "$(echo hello | socat -t10 - "TCP4:127.0.0.1:$port")"
	poll grep -q disconnected "$tmp/events.out"
	stop $pid
	ok "events, $form" python3 "$tmp/valid.py" "$tmp/events.out" $form \
		"$tmp/columns.echo-server"
done
start events echo-server -o event,echoed_bytes 127.0.0.1:0
poll grep -q '^ready' "$tmp/events.out"
same 'events, -o: heading' 'EVENT ECHOED-BYTES' "$(head -n 1 "$tmp/events.out" | tr -s ' ')"
stop $pid
start events echo-server -o event,kind --tsv -H 127.0.0.1:0
poll grep -q '^ready' "$tmp/events.out"
same 'events, -H' "$(printf 'ready\ttcp')" "$(cat "$tmp/events.out")"
stop $pid
done_testing
