#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --live, --histogram, --metrics: what is drawn and written while it measures
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq
echo_servers
TERM=xterm
export TERM
cr=$(printf '\r')
escape=$(printf '\033')

# --metrics: every file is whole and as Prometheus wants it
# valid FILE - HELP and TYPE before its samples, suffixes by type, no sample twice
valid() {
	awk '
		function bad(why) { print FILENAME ":" NR ": " why ": " $0; failed = 1 }
		/^# HELP / { helped = $3; next }
		/^# TYPE / {
			if (NF != 4 || $3 in type || $3 != helped)
				bad("type")
			if (($4 == "counter") != ($3 ~ /_total$/) || $4 !~ /^(counter|gauge|summary)$/)
				bad("type")
			type[$3] = $4
			name = $3
			next
		}
		{
			if (!match($0, /^[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="[0-9.]+")?\})? [0-9]+(\.[0-9]+)?$/))
				bad("sample")
			sample = $0
			sub(/[{ ].*/, "", sample)
			suffix = substr(sample, length(name) + 1)
			if (substr(sample, 1, length(name)) != name ||
				suffix !~ (type[name] == "summary" ? "^(|_count|_sum)$" : "^$"))
				bad("name")
			sub(/ [^ ]*$/, "")
			if (seen[$0]++)
				bad("twice")
			samples++
		}
		END { exit failed || !samples }' "$1"
}
metric() {
	sed -n "s/^netipc_echo_client_$1{peer=\"[^\"]*\"} //p" "$tmp/metrics"
}
for mode in "--ping -q -i 1ms $tcp" "--ping -q -i 1ms -u $udp" "--load $tcp" "--load -u $udp" \
	"--load -n 4 -T 2 $tcp" "--churn $tcp"; do
	# shellcheck disable=SC2086
	t "metrics: $mode" 0 '*' '' echo-client -c 20 -t 30 --metrics "$tmp/metrics" $mode
	ok "metrics: $mode: valid" valid "$tmp/metrics"
	same "metrics: $mode: counts" '20 20 20' "$(metric sent_total) $(metric returned_total) $(
		metric round_trip_seconds_count)"
	ok "metrics: $mode: nothing else is left" test ! -e "$tmp/metrics.new"
done
ok 'metrics: the peer' grep -qF "netipc_echo_client_sent_total{peer=\"$tcp\"} 20" "$tmp/metrics"
ok 'metrics: a percentile' grep -qF "_round_trip_seconds{peer=\"$tcp\",quantile=\"0.99\"} 0." \
	"$tmp/metrics"
t 'metrics: bulk' 0 '*' '' echo-client --bulk -d 0.2 -t 30 --metrics "$tmp/metrics" "$tcp"
ok 'metrics: bulk: bytes' [ "$(metric returned_bytes_total)" -gt 0 ]
t 'metrics: one that cannot be written' 3 '' '*/none/m: No such file*' \
	echo-client --load --metrics "$tmp/none/m" "$tcp"
start quoted echo-server -q -U "$tmp/a\"b\\c"
wait_ready quoted
ln -s "$tmp/target" "$tmp/link"
for file in /dev/null "$tmp/link"; do
	t "metrics: $file stays what it is" 3 '' '*: it is no regular file*' \
		echo-client --load -c 1 --metrics "$file" "$tcp"
done
same 'metrics: a device is left' yes "$([ -c /dev/null ] && [ -L "$tmp/link" ] && echo yes)"
t 'metrics: a name to be quoted' 0 '*' '' echo-client --load -c 2 --metrics "$tmp/metrics" \
	-U "$tmp/a\"b\\c"
ok 'metrics: a name to be quoted: valid' valid "$tmp/metrics"
# While it runs: each second a new one
start metrics echo-client --ping -q -i 10ms -t 30 --metrics "$tmp/metrics" "$tcp"
grown() {
	[ "$(metric sent_total)" -gt 2 ]
}
ok 'metrics: while it runs' poll grown
mkdir "$tmp/metrics.new"
ok 'metrics: a folder in the way' poll grep -q 'Is a directory' "$tmp/metrics.err"
ok 'metrics: the measuring goes on' kill -0 "$pid"
rmdir "$tmp/metrics.new"
stop "$pid"
same 'metrics: told once' 1 "$(grep -c 'Is a directory' "$tmp/metrics.err")"

# --histogram: blocks where the characters are UTF-8
block=$(printf '\342\226')
# bars LOCALE - the bars of a hundred
bars() {
	LC_ALL=$1 netipc echo-client --load -c 100 -t 30 --histogram "$tcp" | grep '^<= .*[1-9]'
}
bars C >"$tmp/bars"
ok 'histogram: ASCII' grep -Eq '^<= [0-9.]+ (us|ms|s) +[0-9]+ #{50}$' "$tmp/bars"
ok 'histogram: ASCII alone' [ "$(LC_ALL=C tr -d '\n -~' <"$tmp/bars" | wc -c)" -eq 0 ]
if ! emulated && [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ]; then
	bars C.UTF-8 >"$tmp/bars"
	ok 'histogram: UTF-8' [ "$(grep -c "$block" "$tmp/bars")" -gt 0 ]
	same 'histogram: no mixture' 0 "$(grep -c '#' "$tmp/bars")"
else
	left_out 'histogram: UTF-8' 'there is no locale C.UTF-8, or not for an emulator'
fi

# --live: on a terminal alone
t 'live: no terminal' 0 '*' '*: --live: standard error is no terminal*' \
	echo-client --load --live -c 5 -t 30 "$tcp"
same 'live: no terminal: plain' 2 "$(wc -l <"$tmp/out" | tr -d ' ')"
on_terminal 60 "TERM=dumb $NETIPC_EXEC '$NETIPC' echo-client --load --live -c 5 -t 30 $tcp" >"$tmp/dumb" 2>&1
ok 'live: a dumb terminal' grep -q 'is no terminal that can be drawn on' "$tmp/dumb"

# live COLUMNS ARG... - what a terminal gets: $tmp/live; $left is what is on it at the end
live() {
	_cols=$1
	shift
	on_terminal "$_cols" "$NETIPC_EXEC '$NETIPC' echo-client --live -t 30 $*" >"$tmp/live" 2>"$tmp/socat"
	left=$(left)
}
# left - what stands on the terminal behind the last drawing
left() {
	tr '\n' '\001' <"$tmp/live" | sed "s/.*$escape\[J//" | tr '\001' '\n' | tr -d '\r'
}
# frames - how many were drawn
frames() {
	grep -o "$escape\[J" "$tmp/live" | wc -l
}
# widest - the longest line of what was drawn, in characters
widest() {
	tr '\n' '\001' <"$tmp/live" | sed "s/$escape\[J[^$escape]*\$//; s/$escape\[[0-9]*[AJ]//g" |
		tr '\r' '\n' | tr '\001' '\n' | awk '{ if (length > n) n = length } END { print n }'
}
words() {
	sed -E 's/[0-9.]+ (us|ms|s)\>/TIME/g; s/[0-9]+ a second/N a second/; s/[0-9.]+ [kMG]?B\/s/RATE/g
		s/127\.0\.0\.1:[0-9]+/ADDRESS/g'
}
live 100 --ping -c 40 -i 25ms "$tcp"
same 'live: ping: what is left' 'ADDRESS: 40 sent, 40 returned
round trip: min TIME, p50 TIME, p90 TIME, p99 TIME, p99.9 TIME, max TIME
jitter: TIME' "$(echo "$left" | words)"
ok 'live: ping: it was drawn' [ "$(frames)" -ge 2 ]
ok 'live: ping: counts' grep -Eq 'sent, [0-9]+ returned in [0-9.]+ (ms|s)' "$tmp/live"
ok 'live: ping: values' grep -Eq '^[_.:=+*#x-]+ [0-9.]+ (us|ms), most [0-9.]+ (us|ms)' "$tmp/live"
ok 'live: ping: percentiles' grep -Eq '^all: p50 .*max' "$tmp/live"
live 40 --load -d 1s -n 2 -T 2 "$tcp"
ok 'live: load: it was drawn' [ "$(frames)" -ge 2 ]
same 'live: load: narrow' 39 "$(widest)"
same 'live: load: what is left' 'ADDRESS: N messages returned, N a second, RATE each way in TIME
round trip: min TIME, p50 TIME, p90 TIME, p99 TIME, p99.9 TIME, max TIME' \
	"$(echo "$left" | words | sed 's/ [0-9]* messages/ N messages/')"
live 80 --bulk -d 700ms "$tcp"
ok 'live: bulk' grep -Eq '^[_.:=+*#x-]+ [0-9.]+ [kMG]?B/s, most' "$tmp/live"
live 80 --churn -d 700ms "$tcp"
ok 'live: churn' grep -Eq '^all: p50' "$tmp/live"
# Records stay whole lines: the drawing makes room for them
live 80 --ping --json -c 30 -i 25ms "$tcp"
same 'live: records' 31 "$(tr '\r' '\n' <"$tmp/live" | sed "s/$escape\[[0-9]*[AJ]//g" |
	grep -c '^{.*}$')"

# A signal leaves the screen as it was; a resize is seen at the next drawing
on_terminal 100 "tty <&1 >'$tmp/tty'
	sh -c 'echo \$\$ >$tmp/pid; exec $NETIPC_EXEC $NETIPC echo-client --live --ping -i 10ms -t 30 $tcp'" \
	>"$tmp/live" 2>"$tmp/socat" &
pid=$!
pids="$pids $pid"
poll grep -q '^all: p50' "$tmp/live" || fail "live: nothing is drawn: $(cat "$tmp/live" "$tmp/socat")"
stty cols 30 <"$(cat "$tmp/tty")"
cut_line() {
	grep -Eq "^all: .{1,24}$cr" "$tmp/live"
}
ok 'live: a resize' poll cut_line
kill -s INT "$(cat "$tmp/pid")"
wait "$pid"
same 'live: a signal: nothing is left but the summary' 'ADDRESS: N sent, N returned
round trip: min TIME, p50 TIME, p90 TIME, p99 TIME, p99.9 TIME, max TIME
jitter: TIME' "$(left | words | sed 's/ [0-9]* sent, [0-9]* r/ N sent, N r/')"
done_testing
