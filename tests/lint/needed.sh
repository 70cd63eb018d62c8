#!/bin/sh
# SPDX-License-Identifier: MIT
# The binary needs libc and no other library: each one costs start-up time in every command.
set -eu
: "${NETIPC:?run by make check}" "${READELF:?run by make check}" "${builddir:?run by make check}"
command -v "${READELF%% *}" >/dev/null || { echo "SKIP: no readelf"; exit 77; }
dynamic=$($READELF -dW "$NETIPC" 2>&1)
case $dynamic in
*'no dynamic section'*)
	echo 'SKIP: a static build'
	exit 77
	;;
esac
needed=$(echo "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p')
case $needed in
*NEEDED* | '')
	echo "no DT_NEEDED found: $dynamic"
	exit 1
	;;
esac
other=$(echo "$needed" | grep -vE '^(libc\.so(\.[0-9]+)?|libc\.musl-.*|ld(-linux.*|64)?\.so.*)$' || :)
# A sanitizer brings its own runtime.
if grep -q '^#define HAVE_SANITIZERS' "$builddir/config.h"; then
	other=$(echo "$other" | grep -vE '^lib([at]san|ubsan|m|gcc_s|resolv|rt|dl|pthread|stdc\+\+)\.so' || :)
fi
[ -z "$other" ] || { echo "needed besides libc: $other"; exit 1; }
