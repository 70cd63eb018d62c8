#!/bin/sh
# SPDX-License-Identifier: MIT
# What --metrics writes, and docs/metrics.md and docs/alerts.yml, which tell of it: the page has each
# metric with its type and no other, Prometheus takes the files, the queries and the rules, and the
# rules fire when they should.
# shellcheck disable=SC2016 # backquotes of Markdown, and what an inner shell expands
. "${srcdir:?run by make check}/tests/lib.sh"
page=$srcdir/docs/metrics.md
rules=$srcdir/docs/alerts.yml
echo_servers
: >"$tmp/all"

# measured NAME ARG... - what a client writes
measured() {
	_name=$1
	shift
	t "$_name" 0 '*' '' echo-client -t 60 --metrics "$tmp/$_name.prom" "$@"
	cat "$tmp/$_name.prom" >>"$tmp/all"
}
measured ping --ping -q -c 5 -i 1ms "$tcp"
measured ping-udp --ping -u -q -c 5 -i 1ms "$udp"
measured load --load -c 20 -r 1000 "$tcp"
measured churn --churn -c 5 "$tcp"
measured bulk --bulk -d 0.1 "$tcp"
start metrics echo-server -q --metrics "$tmp/server.prom" 127.0.0.1:0
wait_ready metrics
stop "$pid"
cat "$tmp/server.prom" >>"$tmp/all"

sed -n 's/^# TYPE //p' "$tmp/all" | sort -u >"$tmp/types"
ok 'there are metrics' [ "$(wc -l <"$tmp/types")" -gt 30 ]
same 'each has one type' '' "$(cut -d ' ' -f 1 "$tmp/types" | uniq -d)"
sed -n 's/^| `\(netipc_[a-z_]*\)` | \([a-z]*\) | .*/\1 \2/p' "$page" | sort >"$tmp/rows"
# The faults on purpose stand in a sentence.
sed '/^|/d; /^```promql/,/^```$/d' "$page" | grep -o 'netipc_echo_[a-z_]*_total' |
	sed 's/$/ counter/' | sort - "$tmp/rows" >"$tmp/page"
ok 'the page has each metric, and no other' diff -u "$tmp/types" "$tmp/page"
cat "$tmp/ok"

# used FILE - the metrics that it names; those of a summary without _sum and _count
used() {
	grep -o 'netipc_echo_[a-z_]*' "$1" | sed 's/_sum$//; s/_count$//' | sort -u
}
cut -d ' ' -f 1 "$tmp/types" >"$tmp/names"
sed -n '/^```promql/,/^```$/{ /^```/d; p; }' "$page" >"$tmp/queries"
ok 'there are queries' [ "$(wc -l <"$tmp/queries")" -gt 5 ]
for file in "$tmp/queries" "$rules"; do
	used "$file" | comm -23 - "$tmp/names" >"$tmp/unknown"
	same "${file##*/}: metrics that there are" '' "$(cat "$tmp/unknown")"
done
same 'each rule has a test' "$(sed -n 's/.*- alert: //p' "$rules" | sort)" \
	"$(awk '$1 == "alertname:" { name = $2 } $1 == "-" && $2 == "exp_labels:" { print name }' \
		"$srcdir/tests/data/alerts.test.yml" | sort -u)"

if ! command -v promtool >/dev/null; then
	left_out 'what Prometheus says' 'promtool is not installed'
	done_testing
fi
for file in "$tmp"/*.prom; do
	if promtool check metrics <"$file" >"$tmp/out" 2>&1 && [ ! -s "$tmp/out" ]; then
		pass "${file##*/}: promtool check metrics"
	else
		fail "${file##*/}: promtool check metrics: $(cat "$tmp/out")"
	fi
done
# Queries are checked as what rules record.
{
	printf 'groups:\n  - name: page\n    rules:\n'
	n=0
	while read -r query; do
		n=$((n + 1))
		printf '      - record: query:%d\n        expr: |\n          %s\n' "$n" "$query"
	done <"$tmp/queries"
} >"$tmp/queries.yml"
ok 'the queries: promtool check rules' promtool check rules "$tmp/queries.yml"
ok 'the rules: promtool check rules' promtool check rules "$rules"
cp "$rules" "$srcdir/tests/data/alerts.test.yml" "$tmp"
chmod u+w "$tmp"/*.yml
ok 'the rules: promtool test rules' promtool test rules "$tmp/alerts.test.yml"
sed 's/> 0.02/> 0.5/' "$rules" >"$tmp/alerts.yml"
ok 'a wrong limit would be found' sh -c '! promtool test rules "$1"' sh "$tmp/alerts.test.yml"
done_testing
