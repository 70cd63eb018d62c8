#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh PROGRAM... - runs each of these fuzzers for a while: make fuzz
#
# FUZZER is afl for AFL++, FUZZ_SECONDS how long each runs, FUZZ_JOBS how many at once.  What one
# has learnt is kept in corpus/NAME, its output in corpus/NAME.log, and inputs that fail in
# findings/NAME.  Prints PASS or FAIL for each, with the executions; and the bytes of such inputs.
set -u
: "${srcdir:?run by make fuzz}"

# How many times the entry ran; a line of LOG or of AFL++'s figures.
executions() {
	sed -n 's/^stat::number_of_executed_units: //p; s/^execs_done *: //p' "$@" 2>/dev/null |
		tail -n 1
}

# The long time limits let the machine stall: what hangs does so for good.
with_libfuzzer() {
	"$program" -max_total_time="$FUZZ_SECONDS" -timeout=120 -rss_limit_mb=3000 \
		-print_final_stats=1 -artifact_prefix="findings/$name/" \
		${dict:+-dict="$dict"} "corpus/$name" "$seeds" >"$log" 2>&1 </dev/null
	status=$?
	count=$(executions "$log")
	# Executions that are slow are told of in files too: they are no findings.
	find "findings/$name" -name 'slow-unit-*' -exec rm -f {} +
}

with_afl() {
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_AUTORESUME=1 AFL_NO_COLOR=1 \
		AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_HANG_TMOUT=120000 \
		afl-fuzz -i "$seeds" -o "corpus/$name" -V "$FUZZ_SECONDS" -t 120000 -m none \
		${dict:+-x "$dict"} -- "$program" >"$log" 2>&1 </dev/null
	status=$?
	out=corpus/$name/default
	count=$(executions "$out/fuzzer_stats")
	find "$out/crashes" "$out/hangs" -name 'id:*' -exec cp {} "findings/$name/" \; 2>/dev/null
}

# The fuzzers end with a status of their own after a finding; a program that could not be
# run has none and fails as well.
one() {
	program=$1 name=${1##*/fuzz_}
	seeds=$srcdir/tests/data/fuzz/$name log=corpus/$name.log dict=$srcdir/tests/fuzz/$name.dict
	[ -e "$dict" ] || dict=
	rm -rf "findings/$name"
	mkdir -p "corpus/$name" "findings/$name"
	if [ "${FUZZER-}" = afl ]; then
		with_afl
	else
		with_libfuzzer
	fi
	if [ "$status" -eq 0 ] && [ "${count:-0}" -gt 0 ] &&
		rmdir "findings/$name" 2>/dev/null; then
		echo "PASS: fuzz_$name"
		echo "fuzz_$name: $count executions in $FUZZ_SECONDS s"
		return 0
	fi
	tail -n 60 "$log"
	for file in "findings/$name"/*; do
		[ ! -e "$file" ] ||
			echo "fuzz_$name fails on $(od -An -v -tx1 "$file" | tr -d ' \n')"
	done
	echo "FAIL: fuzz_$name (status $status, ${count:-0} executions)"
	return 1
}

if [ "$1" = --one ]; then
	# The lines of two that end together must not mix.
	result=$(one "$2")
	status=$?
	printf '%s\n' "$result"
	exit "$status"
fi
export FUZZER="${FUZZER-}" FUZZ_SECONDS="${FUZZ_SECONDS:-60}"
printf '%s\n' "$@" | xargs -n 1 -P "${FUZZ_JOBS:-1}" sh "$0" --one || exit 1
