#!/bin/sh
# SPDX-License-Identifier: MIT
# static.sh - what make static does: netipc as one static program, which needs no library and
# runs on any Linux of its processor
#
#	static.sh SOURCE PROGRAM     SOURCE is a clean tree with configure; it is built in
#
# The compiler is STATIC_CC; else musl-gcc, or cc where musl is the system's libc.
set -eu
source=$1
program=$2
if [ -z "${STATIC_CC-}" ]; then
	if command -v musl-gcc >/dev/null; then
		STATIC_CC=musl-gcc
	elif cc -dumpmachine 2>/dev/null | grep -q musl; then
		STATIC_CC=cc
	else
		echo 'static.sh: musl-gcc is needed (Debian: musl-tools), or STATIC_CC' >&2
		exit 3
	fi
fi
cd "$source"
# musl-gcc knows no header of the kernel: they are put behind its own ones.
set --
if [ "$STATIC_CC" = musl-gcc ]; then
	mkdir include
	multiarch=$(gcc -print-multiarch)
	ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/${multiarch:+$multiarch/}asm" \
		include
	set -- CPPFLAGS="-idirafter $PWD/include"
fi
./configure --quiet CC="$STATIC_CC" PKG_CONFIG=false CFLAGS="${CFLAGS--O2}" "$@"
make -s V=1 LIBTOOLFLAGS=--silent LDFLAGS=-all-static netipc
${STRIP-strip} netipc
cd - >/dev/null
cp "$source/netipc" "$program.new"
mv "$program.new" "$program"
echo "$program: $(wc -c <"$program") bytes"
