#!/bin/sh
# SPDX-License-Identifier: MIT
# minbase.sh - what ci/check.sh minbase does inside the fresh Debian, whose /netipc is a
# clean checkout; prints PASS or FAIL for each thing that must hold
set -u
cd /
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
bad=0

# expect NAME STATUS COMMAND... - its output is in /tmp/out and /tmp/err
expect() {
	_name=$1 _status=$2
	shift 2
	_start=$(date +%s)
	"$@" >/tmp/out 2>/tmp/err </dev/null
	_got=$?
	echo "$* # status $_got, $(($(date +%s) - _start)) s"
	if [ "$_got" -eq "$_status" ]; then
		echo "PASS: $_name"
	else
		echo "FAIL: $_name"
		tail -n 200 /tmp/out /tmp/err
		bad=1
	fi
}

# holds NAME COMMAND...
holds() {
	_name=$1
	shift
	if "$@" >/dev/null; then
		echo "PASS: $_name"
	else
		echo "FAIL: $_name"
		cat /tmp/out /tmp/err
		bad=1
	fi
}

# The last command said nothing on standard error: nothing was installed or configured.
silent='[ ! -s /tmp/err ]'

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
bootstrap=/netipc/bootstrap.sh

for tool in gcc cc make autoconf; do
	holds "no $tool" eval "! command -v $tool"
done
expect 'a user without sudo cannot install' 3 as_nobody $bootstrap run addr 127.0.0.1
holds 'and is told what to install' grep -q 'apt-get install gcc libc6-dev' /tmp/err
for system in Debian Fedora Alpine FreeBSD Homebrew; do
	holds "on $system" grep -q "^  $system" /tmp/err
done

expect 'run' 0 $bootstrap run addr 127.0.0.1
cp /tmp/out /tmp/first
holds 'it prints the address' grep -q 127.0.0.1 /tmp/out
expect 'run again' 0 $bootstrap run addr 127.0.0.1
holds 'does the same' cmp /tmp/out /tmp/first
holds 'and nothing else' eval "$silent"
expect 'run as another user' 0 as_nobody $bootstrap run addr 127.0.0.1
holds 'does the same' cmp /tmp/out /tmp/first
holds 'and nothing else' eval "$silent"
expect 'the status of netipc is passed on' 2 $bootstrap run nonsense

expect 'check' 0 $bootstrap check
grep -E '^(FAIL|SKIP|ERROR|[0-9]+ passed)' /tmp/out
holds 'its last line counts' eval "tail -n 1 /tmp/out | grep -qx '[1-9][0-9]* passed, 0 failed, [0-9]* skipped'"
expect 'check again' 0 $bootstrap check
holds 'and nothing else' eval "$silent"
exit $bad
