#!/bin/sh
# SPDX-License-Identifier: MIT
# The binary is hardened as configure promised: position-independent, relocations read-only
# and bound at start, no executable stack, stack protector, fortified calls.
set -u
: "${NETIPC:?run by make check}" "${builddir:?run by make check}"
: "${READELF:?run by make check}" "${HARDENING:?run by make check}"
skip() {
	echo "SKIP: $*"
	exit 77
}
command -v "${READELF%% *}" >/dev/null || skip 'no readelf'
[ "$HARDENING" = yes ] || skip 'configured with --disable-hardening'
! grep -q '^#define HAVE_SANITIZERS' "$builddir/config.h" || skip 'a build with sanitizers'
elf=$($READELF -hldW "$NETIPC") || exit 99
symbols=$($READELF -sW "$NETIPC") || exit 99
case $elf in *DYNAMIC*) ;; *) skip 'a static build' ;; esac
bad=0

# has WHAT REGEX - the headers have a line that matches
has() {
	echo "$elf" | grep -qE "$2" || { echo "missing: $1"; bad=1; }
}

has 'PIE' '^ *Type: +DYN'
has 'RELRO' '^ *GNU_RELRO'
has 'a stack that is not executable' '^ *GNU_STACK .* RW +'
case $elf in
*INTERP*) has 'BIND_NOW' 'BIND_NOW|FLAGS_1.* NOW' ;;
esac
case $symbols in
*__stack_chk_fail*) ;;
*)
	echo 'missing: a stack protector'
	bad=1
	;;
esac
exit $bad
