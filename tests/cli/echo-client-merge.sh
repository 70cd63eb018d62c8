#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --save and --merge: a result that is read again prints what its run printed, in
# every format, and several print what one run with all of their values would have
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

echo_servers

# again NAME FORMAT... -- ARG... - a run with ARG in FORMAT, then its result read again, with FORMAT
# alone: the same status and bytes
again() {
	_what=$1
	shift
	_format=
	while [ "$1" != -- ]; do
		_format="$_format $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # options
	netipc echo-client $_format --save="$tmp/result" "$@" >"$tmp/run" 2>"$tmp/run.err" </dev/null
	_ran=$?
	# What stands before the summary is of the run alone.
	case $_what in *probes*) tail -n "$probes" "$tmp/run" >"$tmp/tail" && mv "$tmp/tail" "$tmp/run" ;; esac
	# shellcheck disable=SC2086
	netipc echo-client $_format --merge "$tmp/result" >"$tmp/again" 2>"$tmp/again.err"
	same "$_what: status" "$_ran" $?
	ok "$_what: something was printed" test -s "$tmp/run"
	ok "$_what: standard output" cmp "$tmp/run" "$tmp/again"
	ok "$_what: standard error" cmp "$tmp/run.err" "$tmp/again.err"
}
for format in '' --json --csv --tsv '-o record,peer,sent,p99_s,mean_s' --histogram; do
	# shellcheck disable=SC2086
	again "load in \"$format\"" $format -- --load -c 300 -n 3 -s 1-2000 -t 30 "$tcp"
done
again 'load with a rate' --histogram -- --load -r 1000 -c 50 -t 30 "$tcp"
again 'load of datagrams' --json -- --load -u -c 100 -t 30 "$udp"
again 'bulk' -- --bulk -d 0.2 -t 30 "$tcp"
again 'churn' -- --churn -c 30 -t 30 "$tcp"
again 'churn in JSON' --json -- --churn -c 30 -t 30 "$tcp"
again 'ping, quiet' --histogram -- -q --ping -c 10 -i 1ms -t 30 "$tcp"
again 'ping, a connection each' -- -q --ping --connect -c 10 -i 1ms -t 30 "$tcp"
probes=1
again 'ping in JSON, behind its probes' --json -- --ping -u -c 5 -i 1ms -t 30 "$udp"
again 'ping that nobody takes' -- -q --ping -c 2 -i 1ms -t 30 "$nobody"
start unix echo-server -q -U "$tmp/s"
wait_ready unix
again 'unix' --json -- --load -c 100 -t 30 -U "$tmp/s"

netipc echo-client --load -c 200 -t 30 --hdr="$tmp/hdr" --save="$tmp/result" "$tcp" >/dev/null
t '--hdr' 0 '*' '' echo-client --merge --hdr="$tmp/hdr2" "$tmp/result"
ok '--hdr of the result is that of the run' cmp "$tmp/hdr" "$tmp/hdr2"
netipc echo-client --load -c 200 -t 30 --metrics="$tmp/metrics" --save="$tmp/result" "$tcp" >/dev/null
t '--metrics' 0 '*' '' echo-client --merge --metrics="$tmp/metrics2" "$tmp/result"
ok '--metrics of the result are those of the run' cmp "$tmp/metrics" "$tmp/metrics2"

# Several
for i in 1 2 3; do
	netipc echo-client --load -c "${i}00" -n "$i" -t 30 --save="$tmp/part$i" "$tcp" >/dev/null
done
set -- "$tmp/part1" "$tmp/part2" "$tmp/part3"
tj 'counts are added' 0 '[.sent, .received, .connections, .sent_bytes, .peer]' \
	"[600,600,6,38400,\"$tcp\"]" '' echo-client --merge --json "$@"
tj 'the result of results' 0 '[.runs, .latency.n, .at_a_time, (.latency.buckets | map(.[1]) | add)]' \
	'[3,600,6,600]' '' echo-client --merge --save=- "$@"
same 'buckets are added' "$(cat "$@" | jq -sc '[.[].latency.buckets[]] | group_by(.[0]) |
	map([.[0][0], (map(.[1]) | add)])')" "$(jq -c .latency.buckets "$tmp/json")"
same 'the time is from the first begin to the last end' true "$(jq -s '.[0] as $sum | .[1:] |
	(map(.begin_ns | tonumber) | min) as $first |
	(map((.begin_ns | tonumber) + .elapsed_ns) | max) as $last |
	# jq rounds what has more than 53 bits
	($sum.begin_ns | tonumber) == $first and (($sum.elapsed_ns - ($last - $first)) | fabs) < 2000' \
	"$tmp/json" "$@")"
netipc echo-client --merge --json "$@" >"$tmp/want"
cat "$@" >"$tmp/all"
input=$tmp/all t 'of one file with several' 0 "$(cat "$tmp/want")" '' echo-client --merge --json -
input=$3 t 'of files and standard input, in another order' 0 "$(cat "$tmp/want")" '' \
	echo-client --merge --json "$2" - "$1"
netipc echo-client --merge --save=- "$1" "$3" >"$tmp/two"
t 'of what was merged before' 0 "$(cat "$tmp/want")" '' echo-client --merge --json "$tmp/two" "$2"
jq -c . "$1" >"$tmp/jq"
t 'of what jq has printed' 0 "$(cat "$tmp/want")" '' echo-client --merge --json "$tmp/jq" "$2" "$3"
sed 's/"peer":"[^"]*"/"peer":"192.0.2.1:7"/' "$1" >"$tmp/other"
same 'of several servers' 'several servers: 300 messages returned' \
	"$(netipc echo-client --merge "$tmp/other" "$2" | sed -n '1s/,.*//p')"
tj 'of several servers, a record' 0 .peer null '' echo-client --merge --json "$tmp/other" "$2"
tj 'a run of a run with --save=-: no report' 0 '[.runs, .sent]' '[1,10]' '' \
	echo-client --load -c 10 -t 30 -i 1ms --histogram --save=- "$tcp"
tj 'probes are not printed either' 0 '[.mode, .sent]' '["ping",2]' '' \
	echo-client --ping -c 2 -i 1ms -t 30 --save=- "$tcp"

# Losses and errors are the status of what is merged, too.
sed 's/"missing":0/"missing":2/; s/"error_status":0,"error":null/"error_status":3,"error":"no \\u001broute"/' \
	"$1" >"$tmp/lost"
t 'an error' 3 '*' '*no ?x1broute*' echo-client --merge "$2" "$tmp/lost"
sed 's/"missing":0/"missing":2/' "$1" >"$tmp/lost"
t 'losses' 1 '*' '' echo-client --merge "$2" "$tmp/lost"
ok 'losses are told' grep -q ', 2 missing' "$tmp/out"

# What does not go together, or is none
netipc echo-client -q --ping -c 1 -t 30 --save="$tmp/ping" "$tcp" >/dev/null
t 'another mode' 2 '' "*$tmp/ping:1: its mode is ping, that of the others load*" \
	echo-client --merge "$1" "$tmp/ping"
netipc echo-client --load -u -c 1 -t 30 --save="$tmp/udp" "$udp" >/dev/null
t 'another kind of socket' 2 '' '*:1: its socket is udp, that of the others tcp*' \
	echo-client --merge "$1" "$tmp/udp"
netipc echo-client --load -r 100 -c 1 -t 30 --save="$tmp/rate" "$tcp" >/dev/null
t 'with a rate and without' 2 '' '*:1: its open_loop is true, that of the others false*' \
	echo-client --merge "$1" "$tmp/rate"
sed 's/"per_octave":64/"per_octave":32/' "$1" >"$tmp/bad"
t 'other buckets' 2 '' '*:1: no result of echo-client: *32 buckets of each power of two, not 64*' \
	echo-client --merge "$1" "$tmp/bad"
printf '\n\nnonsense\n' >"$tmp/bad"
t 'no result' 2 '' "*$tmp/bad:3: no result of echo-client: *" echo-client --merge "$1" "$tmp/bad"
head -c 500 "$1" >"$tmp/bad"
t 'a part of one' 2 '' '*:1: no result of echo-client: *' echo-client --merge "$tmp/bad"
t 'an empty file' 2 '' '*/dev/null: no result of echo-client is there*' echo-client --merge /dev/null
t 'no file' 3 '' '*: No such file*' echo-client --merge "$tmp/none"
t 'no operand' 2 '' '*an operand is missing*' echo-client --merge
t 'two modes' 2 '' '*exclude one another*' echo-client --merge --load "$1"
t 'an option of a run' 2 '' '*--count is for *' echo-client --merge -c 1 "$1"
t 'an option of a connection' 2 '' '*--merge connects to nobody: no use for --udp*' \
	echo-client --merge -u "$1"
t '--save without a measurement' 2 '' '*--save is for --ping, --load, --bulk, --churn and --merge*' \
	echo-client --check --save="$tmp/x" "$tcp"
t '--save=- and a format' 2 '' '*--save=- prints no report: no use for its format*' \
	echo-client --load --save=- --json "$tcp"
ln -s "$tmp/nothing" "$tmp/link"
t '--save to a link' 3 '*' '*it is no regular file*' echo-client --merge --save="$tmp/link" "$1"
t '--save to a folder that is not there' 3 '*' '*' echo-client --merge --save="$tmp/no/x" "$1"
done_testing
