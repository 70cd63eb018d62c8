#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh - netipc built and tested in every way that we promise
#
#	ci/check.sh             the whole matrix
#	ci/check.sh STEP...     these steps only; afl and minbase are not in the matrix
#	NETIPC_FULL=1 ci/check.sh [STEP...]     the steps that run some tests run all of them
#
# Installs the packages that it needs (ci/packages), works in build/ci-STEP, and prints a
# line for each step.  A skipped test that ci/skips does not list is a failed one.  The
# last line is the sum over all steps; the status is 0 if nothing failed.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$top/build
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
jobs=$((2 * cores)) # a test waits more than it computes
PATH=$PATH:/usr/sbin:/sbin

# The matrix is two lanes side by side: tests wait more than they compute.  The second gives way to
# the first, in which is what a busy machine disturbs the most.
lanes='gcc coverage clang msan tsan musl dist armhf
lint fuzz package s390x arm64'

# Steps: each runs in a shell of its own with set -e, in an empty $dir, and prints
# "PASS: NAME", "FAIL: NAME" or "SKIP: NAME" for each of its tests, as make check does.

# Whole-program optimization for netipc; each test program alone would take that long again.  gcc
# 12 forgets there that a number is set if a scanner returns more than nothing: what it says of
# that at the end, and not file by file, is no warning.
step_gcc() {
	configure CC=gcc AR=gcc-ar RANLIB=gcc-ranlib NM=gcc-nm --enable-werror --with-unbound \
		CFLAGS='-O3 -g -flto=auto -ffat-lto-objects'
	lto_flags='-Wno-maybe-uninitialized -Wno-null-dereference -Wno-alloc-size-larger-than'
	make_quiet netipc LDFLAGS="$lto_flags"
	check NETIPC_SOAK=20 CFLAGS='-O3 -g -fno-lto'
}

step_clang() {
	configure CC=clang --enable-werror --enable-sanitizers
	check
}

# What is read before it was written.  This sanitizer too knows no epoll_pwait2(2).
step_msan() {
	libcheck clang '' -fsanitize=memory
	configure CC=clang CFLAGS='-O1 -g' --enable-werror --enable-sanitizers=memory \
		ac_cv_func_epoll_pwait2=no
	check_some
}

# What has threads, under a sanitizer that finds races.  It knows no epoll_pwait2(2), in which it
# would keep signals back; on some kernels it runs only where addresses are not random.
step_tsan() {
	configure CC=clang --enable-werror --enable-sanitizers=thread ac_cv_func_epoll_pwait2=no
	make_quiet netipc tests/fakedns tests/hammer tests/liar tests/unit/check_workers
	without_random=
	./netipc --version || without_random='setarch -R'
	if ! $without_random ./netipc --version; then
		echo 'PASS: build'
		echo 'SKIP: threads'
		return
	fi
	make_quiet NETIPC_EXEC="$without_random" check_PROGRAMS= check-TESTS TESTS='tests/cli/echo-threads.sh
		tests/cli/echo-client-load.sh tests/cli/resolve-bulk.sh tests/unit/check_workers'
}

# musl-gcc knows no header of the kernel: they are put behind its own ones.
step_musl() {
	libcheck musl-gcc
	mkdir include
	multiarch=$(gcc -print-multiarch)
	ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$multiarch/asm" include
	configure CC=musl-gcc --enable-werror CPPFLAGS="-idirafter $dir/include"
	check LDFLAGS=-all-static
}

step_s390x() {
	emulated s390x-linux-gnu qemu-s390x-static
}

step_arm64() {
	emulated aarch64-linux-gnu qemu-aarch64-static
}

step_armhf() {
	emulated arm-linux-gnueabihf qemu-arm-static
}

# The tarball, built and tested in its own folder by a user who is not root, without autoconf and
# git.  Then the same in another folder, from sources that nobody may write, and whether
# installing can be undone: distcheck.
step_dist() {
	configure
	make_quiet dist
	home=$(mktemp -d)
	trap 'rm -rf "$home"' EXIT
	xz -dc netipc-*.tar.xz | tar -x -C "$home" --strip-components=1 -f -
	[ -s "$home/ChangeLog" ]
	chown -R nobody "$home"
	cd "$home"
	as_nobody ./configure --quiet AUTOCONF=false AUTOMAKE=false ACLOCAL=false \
		AUTOHEADER=false
	as_nobody tests/check.sh -s -j"$jobs" V=1 LIBTOOLFLAGS=--silent || {
		cp test-suite.log "$dir"
		return 1
	}
	as_nobody make -s V=1 LIBTOOLFLAGS=--silent DESTDIR="$home/root" install
	[ -x root/usr/local/bin/netipc ]
	echo 'PASS: install'
	set --
	[ -n "${NETIPC_FULL-}" ] || set -- check_PROGRAMS= TESTS="\$(lint_tests) $(plain_tests | tr '\n' ' ')"
	as_nobody make -s -j"$jobs" V=1 LIBTOOLFLAGS=--silent "$@" distcheck >distcheck.log 2>&1 || {
		cat distcheck.log
		return 1
	}
	echo 'PASS: distcheck'
}

step_lint() {
	configure
	make_quiet lint
}

# Each entry runs for FUZZ_SECONDS.
step_fuzz() {
	configure CC=clang --enable-werror --enable-fuzzers
	make_quiet fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-8}" FUZZ_JOBS="$jobs"
}

step_afl() {
	configure CC=afl-clang-fast --enable-werror --enable-fuzzers=afl
	make_quiet fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-8}" FUZZ_JOBS="$jobs"
}

# Without optimization, and everything must be tested: tests/coverage.sh has the floor.
step_coverage() {
	configure --enable-werror --enable-coverage --with-unbound CFLAGS='-O0 -g'
	make_quiet coverage
}

# Both commands of the README in a Debian without compiler and make.
step_minbase() {
	fresh_debian "$dir/root"
	mkdir "$dir/root/netipc"
	(cd "$top" && git archive HEAD) | tar -x -C "$dir/root/netipc" -f -
	inside "$dir/root" 'exec sh /netipc/ci/minbase.sh'
	rm -rf "$dir/root"
}

# What a release has: a tarball of the same bytes each time, the packages of Debian and of rpm
# (whose tests are those of the other steps), recipes that their tools can read, a static program.
step_package() {
	export HOME="$dir" # git trusts a tree of another user only by a file there
	git config --global safe.directory '*'
	same_tarball
	debian_package
	rpm_package
	sh -n "$dir/release/APKBUILD"
	shellcheck -s sh -e SC2034,SC2154 "$dir/release/APKBUILD" # abuild has these variables
	ruby -c "$dir/release/netipc.rb"
	echo 'PASS: recipes'
	(cd "$dir/one" && make_quiet static && ./netipc-static addr ::1)
	echo 'PASS: static'
	in_fresh_debian
}

# Parts of steps

# The tarball of two clones: of root, and of another user elsewhere, with another umask and time
# zone; then that of the tarball itself.  $dir/release has it, $version is its version.
same_tarball() {
	elsewhere=$(mktemp -d)
	trap 'rm -rf "$elsewhere"' EXIT
	git clone -q "$top" "$dir/one"
	git clone -q "$top" "$elsewhere/another"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R nobody "$elsewhere"
	fi
	(
		cd "$dir/one"
		./bootstrap.sh && ./configure --quiet && make_quiet release
	) &
	one=$!
	(
		cd "$elsewhere/another"
		umask 077
		export TZ=Asia/Tokyo
		as_nobody ./bootstrap.sh && as_nobody ./configure --quiet && as_nobody make -s dist
	)
	wait "$one"
	mv "$dir/one/release" "$dir"
	tarball=$(cd "$dir/release" && echo netipc-*.tar.xz)
	version=${tarball#netipc-} version=${version%.tar.xz}
	cmp "$dir/release/$tarball" "$elsewhere/another/$tarball"
	echo 'PASS: same bytes by another user'
	(cd "$dir/release" && sha256sum --quiet -c SHA256SUMS)
	mkdir "$dir/third"
	xz -dc "$dir/release/$tarball" | tar -x -C "$dir/third" --strip-components=1 -f -
	(cd "$dir/third" && ./configure --quiet && make_quiet dist)
	cmp "$dir/release/$tarball" "$dir/third/$tarball"
	echo 'PASS: same bytes of a tarball'
	(cd "$dir/third" && SOURCE_DATE_EPOCH=1000000000 make_quiet dist)
	[ "$(xz -dc "$dir/third/$tarball" | tar -t -v --utc -f - | awk '{ print $4 }' | sort -u)" = 2001-09-09 ]
	echo 'PASS: SOURCE_DATE_EPOCH'
}

debian_package() {
	mkdir "$dir/deb"
	cp "$dir/release/$tarball" "$dir/deb/netipc_$version.orig.tar.xz"
	xz -dc "$dir/release/$tarball" | tar -x -C "$dir/deb" -f -
	(cd "$top" && git archive HEAD debian) | tar -x -C "$dir/deb/netipc-$version" -f -
	cd "$dir/deb/netipc-$version"
	DEB_BUILD_OPTIONS="nocheck parallel=$jobs" DEB_BUILD_PROFILES=nocheck dpkg-buildpackage -us -uc
	cd "$dir/deb"
	dpkg-deb --field netipc_*.deb Depends | grep -xE 'libc6 \(>= [0-9.]+\)'
	echo 'PASS: Debian package'
	lintian --allow-root --fail-on error,warning --display-info --pedantic netipc_*.changes
	echo 'PASS: lintian'
	cd "$dir"
}

rpm_package() {
	rpmspec --parse "$dir/release/netipc.spec" >/dev/null
	rpmbuild --quiet --nodeps --without tests --define "_topdir $dir/rpm" \
		--define "_sourcedir $dir/release" -bb "$dir/release/netipc.spec"
	rpm --query --list --package "$dir"/rpm/RPMS/*/netipc-"$version"-*.rpm >"$dir/rpm/files"
	grep -xF /usr/bin/netipc "$dir/rpm/files"
	grep -qF netipc-echo@.socket "$dir/rpm/files"
	echo 'PASS: rpm'
}

# Debian's package in a fresh Debian, and every example of the README; then the package's own tests,
# as Debian's machines run them
in_fresh_debian() {
	fresh_debian "$dir/root" || {
		echo 'SKIP: in a fresh Debian'
		return
	}
	mkdir "$dir/root/netipc"
	(cd "$top" && git archive HEAD README.md tests man) | tar -x -C "$dir/root/netipc" -f -
	cp "$dir"/deb/netipc_*.deb "$dir/root/netipc.deb"
	inside "$dir/root" 'exec apt-get install -q -y ./netipc.deb'
	cat "$dir/root/var/lib/dpkg/info/netipc.list"
	inside "$dir/root" 'exec env srcdir=/netipc NETIPC=/usr/bin/netipc sh /netipc/tests/doc/installed.sh' --net
	echo 'PASS: in a fresh Debian'
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --propagation private sh -c '
		mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && cd "$2" &&
			exec autopkgtest netipc_*.deb netipc-*/ -- chroot "$1"
		' sh "$dir/root" "$dir/deb"
	rm -rf "$dir/root"
	echo 'PASS: autopkgtest'
}

# fresh_debian ROOT - the smallest Debian, of this one's release
fresh_debian() {
	# shellcheck disable=SC2016 # apt-get expands it
	mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
		awk '$2 !~ /-/ { print; exit }')
	debootstrap --variant=minbase "${mirror#* }" "$1" "${mirror% *}" || return
	cp /etc/resolv.conf "$1/etc/"
}

# inside ROOT COMMANDS [--net] - a shell does them there; --net: with loopback alone.  The mounts
# are in a namespace of their own, so that they end with it.  A chroot would not do: tests make
# namespaces in turn, which needs a root that is a mount, and the only one.
inside() {
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --propagation private ${3:+"$3"} sh -c '
		[ -z "$3" ] || ip link set lo up
		mount --bind "$1" "$1" && mount -t proc proc "$1/proc" &&
			mount --rbind /dev "$1/dev" && cd "$1" && pivot_root . mnt &&
			exec chroot . sh -c "umount -l /mnt && cd / && $2"
		' sh "$1" "$2" "${3-}"
}

configure() {
	"$top/configure" --quiet "$@"
}

make_quiet() {
	make -s -j"$jobs" V=1 LIBTOOLFLAGS=--silent "$@"
}

# check MAKE-ARG...
check() {
	"$top/tests/check.sh" -s -j"$jobs" V=1 LIBTOOLFLAGS=--silent "$@"
}

# plain_tests - one of each command
plain_tests() {
	for command in addr echo-client echo-server hosts protos resolve rresolve services sockopt; do
		echo "tests/cli/$command.sh"
	done
}

# check_some MAKE-ARG... - every unit test, all seeds of the fuzzers and the plain tests
check_some() {
	[ -n "${NETIPC_FULL-}" ] || set -- "$@" TESTS="\$(test_programs) $(plain_tests | tr '\n' ' ')"
	check "$@"
}

# emulated HOST EMULATOR
emulated() {
	libcheck "$1-gcc" "$1"
	configure --host="$1" --enable-werror
	check_some NETIPC_EXEC="$2 -L /usr/$1"
}

as_nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		HOME=$PWD setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	else
		"$@"
	fi
}

# Debian's source of libcheck, by apt with folders that are not the machine's.
libcheck_source() {
	apt=$build/ci-libcheck/apt
	[ ! -e "$apt/done" ] || return 0
	mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/cache/archives/partial"
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.sources \
		/etc/apt/sources.list.d/*.list; do
		[ ! -e "$file" ] || sed 's/^deb /deb-src /; s/^Types: .*/Types: deb-src/' "$file" \
			>"$apt/sources/${file##*/}"
	done
	cat >"$apt/conf" <<-END
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$apt/sources";
		Dir::State::Lists "$apt/lists";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "root";
	END
	(
		cd "$apt"
		APT_CONFIG=conf apt-get -qq update
		APT_CONFIG=conf apt-get -qq source --download-only check
	)
	touch "$apt/done"
}

# libcheck CC [HOST [CFLAGS]] - the library of the unit tests for another libc, machine or
# sanitizer; then configure takes it
libcheck() {
	libcheck_source
	prefix=$build/ci-libcheck/$1$(echo "${3-}" | tr -d =) # ldconfig takes a = apart
	if [ ! -e "$prefix/done" ]; then
		rm -rf "$prefix"
		mkdir -p "$prefix/source"
		tar -x -C "$prefix/source" --strip-components=1 -f "$apt"/check_*.orig.tar.*
		(
			cd "$prefix/source"
			./configure --quiet CC="$1" ${2:+--host="$2"} ${3:+CFLAGS="-g -O2 $3"} \
				--prefix="$prefix" \
				--disable-shared --disable-subunit --disable-build-docs
			make_quiet -C lib
			make_quiet -C src install >/dev/null
			cp check_stdint.h "$prefix/include"
		)
		touch "$prefix/done"
	fi
	CHECK_CFLAGS=-I$prefix/include CHECK_LIBS="$prefix/lib/libcheck.a -lm"
	export CHECK_CFLAGS CHECK_LIBS
}

# The frame

# count RESULT... - the tests of the step that ended so
count() {
	for _result in "$@"; do
		grep "^$_result: " "$log"
	done | wc -l
}

# unlisted - the skipped tests of the step that ci/skips does not have
unlisted() {
	sed -n 's/^SKIP: //p' "$log" | while read -r _test; do
		awk -v step="$step" 'step ~ "^(" $1 ")$"' "$top/ci/skips" | {
			while read -r _ _pattern _; do
				# shellcheck disable=SC2254 # a pattern is wanted
				case $_test in $_pattern) exit ;; esac
			done
			echo "$_test"
		}
	done
}

# processor - seconds that the processors have worked for what has ended so far; times is no
# command of a subshell, which would tell its own
processor() {
	times >"$dir/times"
	awk -F '[ms ]+' 'NR == 2 { printf "%d\n", $1 * 60 + $2 + $3 * 60 + $4 }' "$dir/times"
}

run() {
	step=$1 dir=$build/ci-$1 log=$build/ci-$1/log
	rm -rf "$dir"
	mkdir -p "$dir"
	start=$(date +%s)
	processor >"$log.before"
	(
		set -e
		"$top/bootstrap.sh" prepare build check "$step"
		cd "$dir"
		"step_$step"
	) >"$log" 2>&1 </dev/null
	status=$?
	processor >"$log.after"
	worked=$(($(cat "$log.after") - $(cat "$log.before")))
	p=$(count PASS XFAIL) f=$(count FAIL XPASS ERROR) s=$(count SKIP)
	bad=$(unlisted)
	reason=
	if [ -n "$bad" ]; then
		n=$(echo "$bad" | wc -l)
		f=$((f + n)) s=$((s - n))
		reason=" (skipped, and not in ci/skips:$(echo "$bad" | tr '\n' ' '))"
	fi
	if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$p" -eq 0 ]; }; then
		f=1
		reason=" (the step ended with status $status)"
	fi
	if [ "$f" -ne 0 ]; then
		echo "--- $log"
		tail -n 60 "$log"
		find "$dir" -name test-suite.log | while read -r suite; do
			echo "--- $suite"
			grep -vE '^ok ' "$suite" | tail -n 300
		done
		echo "---"
	fi
	again=$(sed -n 's/^ONCE: //p' "$log" | tr '\n' ' ')
	[ -z "$again" ] || reason="$reason (run once more: $again)"
	echo "$step: $p passed, $f failed, $s skipped in $(($(date +%s) - start)) s," \
		"the processors worked $worked s$reason"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# check_steps STEP... - one after the other, and their sum
check_steps() {
	passed=0 failed=0 skipped=0
	for step in "$@"; do
		run "$step"
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# shared STEP... - what the steps would make at the same time: packages, configure, a source.  Who
# needs what cannot be had fails later.
shared() {
	for step in "$@"; do
		"$top/bootstrap.sh" prepare build check "$step"
	done
	(set -e && libcheck_source)
}

# side_by_side - all lanes; a lane that ends without a sum has failed
side_by_side() {
	# shellcheck disable=SC2086 # a list of steps
	shared $lanes >"$build/ci-shared.log" 2>&1 </dev/null
	rm -f "$build"/ci-sum-*
	lane=0 first=
	while read -r steps; do
		lane=$((lane + 1))
		# shellcheck disable=SC2086 # a list of steps
		$first "$top/ci/check.sh" $steps | awk -v sum="$build/ci-sum-$lane" '
			/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { print >sum; next }
			{ print; fflush() }' &
		first='nice'
	done <<-END
		$lanes
	END
	wait
	cat "$build"/ci-sum-* | awk -v lanes="$lane" '
		/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $1; f += $3; s += $5; n++ }
		END {
			f += lanes - n
			printf "%d passed, %d failed, %d skipped\n", p, f, s
			exit f || !p
		}'
}

# A run of make under make must not take that one's job server or options.
unset MAKEFLAGS MAKELEVEL MFLAGS

# libcheck takes a test that is slow for one that hangs: it waits ten minutes, not one.
CK_TIMEOUT_MULTIPLIER=10
export CK_TIMEOUT_MULTIPLIER

for step in "$@"; do
	if ! grep -q "^step_$step()" "$top/ci/check.sh"; then
		echo "check.sh: no step $step; there are: $(sed -n 's/^step_\(.*\)().*/\1/p' \
			"$top/ci/check.sh" | tr '\n' ' ')" >&2
		exit 2
	fi
done
if [ $# -gt 0 ]; then
	check_steps "$@"
else
	mkdir -p "$build"
	side_by_side
fi
