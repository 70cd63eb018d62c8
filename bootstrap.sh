#!/bin/sh
# SPDX-License-Identifier: MIT
# bootstrap.sh - from a git checkout to a build system, a running netipc, or a tested one
#
#	./bootstrap.sh               make configure and Makefile.in
#	./bootstrap.sh run [ARG...]  build netipc in build/ and run it with ARG...
#	./bootstrap.sh check         build it and run every test
#	./bootstrap.sh prepare SET...  only see to configure and the packages of these SETs
#
# The last three install what is missing with apt, as root or through sudo; anywhere else
# they name the packages and stop with status 3.  All that they write is in the tree.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$top/build
PATH=$PATH:/usr/sbin:/sbin

say() {
	echo "bootstrap.sh: $*" >&2
}

die() {
	say "$*"
	exit 3
}

# there PROBE - what a PROBE of ci/packages asks for is on this machine
there() {
	case $1 in
	/*) [ -e "$1" ] ;;
	\<*) echo "#include $1" | cc -E - ;;
	*.pc) pkg-config --exists "${1%.pc}" ;;
	*) command -v "$1" ;;
	esac >/dev/null 2>&1
}

# column - which column of ci/packages is for this system
column() {
	if command -v apt-get >/dev/null; then
		echo 3
	elif [ -e /etc/alpine-release ]; then
		echo 5
	else
		case $(uname -s) in
		FreeBSD) echo 6 ;;
		Darwin) echo 7 ;;
		*) echo 4 ;;
		esac
	fi
}

# lacking SET... - the rows of ci/packages in one of the SETs that this system lacks
lacking() {
	_column=$(column)
	for _set in "$@"; do
		grep "^$_set " "$top/ci/packages" | while read -r _row; do
			# shellcheck disable=SC2086 # the row is split into its columns
			set -- $_row
			_probe=$2
			shift $((_column - 1))
			[ "$1" = - ] || there "$_probe" || echo "$_row"
		done
	done
}

# names COLUMN ROWS - the packages in that column of ROWS, on one line
names() {
	echo "$2" | awk -v column="$1" '$column != "-" && !seen[$column]++ {
		printf "%s%s", separator, $column; separator = " " }'
}

give_up() {
	cat >&2 <<-END
		bootstrap.sh: these packages are missing, and cannot be installed from here:
		  Debian, Ubuntu   apt-get install $(names 3 "$1")
		  Fedora           dnf install $(names 4 "$1")
		  Alpine           apk add $(names 5 "$1")
		  FreeBSD          pkg install $(names 6 "$1")
		  Homebrew         brew install $(names 7 "$1")
	END
	exit 3
}

# apt_get ARG... - as root, quietly, waiting for another apt-get to end; without an init of systemd
# RUNLEVEL keeps packages from starting servers
apt_get() {
	if [ "$(id -u)" -eq 0 ]; then
		_root=
	elif [ -t 2 ]; then
		_root=sudo
	else
		_root='sudo -n'
	fi
	$_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Use-Pty=0 "$@" </dev/null
}

# need SET... - install the packages of these SETs that are missing
need() {
	_rows=$(lacking "$@")
	[ -n "$_rows" ] || return 0
	command -v apt-get >/dev/null || give_up "$_rows"
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || give_up "$_rows"
	_packages=$(names 3 "$_rows")
	say "installing $_packages"
	# The lists of a fresh machine may be missing or old: then the first try fails.
	# shellcheck disable=SC2086 # a list of packages
	_log=$(apt_get install --no-install-recommends $_packages 2>&1) ||
		_log=$(apt_get update 2>&1 &&
			apt_get install --no-install-recommends $_packages 2>&1) || {
		echo "$_log" >&2
		give_up "$_rows"
	}
	_rows=$(lacking "$@")
	[ -z "$_rows" ] || die "installed, and still not usable: $(names 3 "$_rows")"
}

# stale - configure is missing or older than what it is made from
stale() {
	[ ! -e "$top/configure" ] || [ ! -e "$top/Makefile.in" ] ||
		[ -n "$(cd "$top" && find configure.ac Makefile.am m4/netipc.m4 -newer configure)" ]
}

autotools() {
	(cd "$top" && autoreconf --install --force "$@")
}

# configured WITH - build/ is configured, by this configure, in this place, and with
# libcheck if WITH is check
configured() {
	[ -e "$build/config.status" ] && [ -e "$build/Makefile" ] &&
		[ -z "$(find "$top/configure" -newer "$build/config.status")" ] &&
		grep -qxF "abs_top_builddir = $build" "$build/Makefile" &&
		{ [ "$1" != check ] || grep -qxF 'S["HAVE_CHECK_TRUE"]=""' "$build/config.status"; }
}

# configure_build WITH - the options of an earlier configure are kept
configure_build() {
	configured "$1" && return
	_options=
	[ ! -e "$build/config.status" ] || _options=$("$build/config.status" --config)
	say "configuring and building in $build"
	mkdir -p "$build"
	eval "set -- $_options"
	(cd "$build" && ../configure --quiet "$@") || die "configure failed: see $build/config.log"
}

# in_build COMMAND... - it gets what make needs to be quiet and to use each processor
in_build() {
	(cd "$build" && "$@" -s -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" \
		V=1 LIBTOOLFLAGS=--silent </dev/null)
}

# prepare SET... - the packages of these SETs, and a configure that is up to date
prepare() {
	! stale || set -- "$@" autotools
	need "$@"
	if stale; then
		say "making configure"
		_log=$(autotools 2>&1) || die "$_log"
	fi
}

# results COMMAND... - COMMAND on the result files of the last make check; build/ci-*
# belongs to ci/check.sh
results() {
	find "$build" -name 'ci-*' -prune -o -name '*.trs' -exec "$@" {} +
}

tally() {
	results cat | awk '
	/^:test-result:/ { n[$2]++ }
	END {
		passed = n["PASS"] + n["XFAIL"]
		failed = n["FAIL"] + n["XPASS"] + n["ERROR"]
		printf "%d passed, %d failed, %d skipped\n", passed, failed, n["SKIP"]
		exit failed || !passed
	}'
}

check() {
	prepare build check
	configure_build check </dev/null >&2
	in_build make all >/dev/null || die "the build failed"
	results rm -f
	rm -f "$build/test-suite.log"
	status=0
	in_build "$top/tests/check.sh" || status=1
	[ "$status" -eq 0 ] || [ ! -e "$build/test-suite.log" ] || cat "$build/test-suite.log" >&2
	tally || status=1
	exit "$status"
}

case ${1-} in
'')
	autotools --warnings=all
	;;
run)
	shift
	prepare build
	configure_build run </dev/null >&2
	in_build make all >/dev/null || die "the build failed"
	exec "$build/netipc" "$@"
	;;
check)
	[ $# -eq 1 ] || die "check takes no arguments"
	check
	;;
prepare)
	shift
	prepare "$@"
	;;
*)
	echo "usage: $0 [run [ARG...] | check | prepare SET...]" >&2
	exit 2
	;;
esac
