#!/bin/sh
# SPDX-License-Identifier: MIT
# tar.sh - make dist writes its tarball with this: the same bytes in any folder, at any time,
# by any user
#
#	tar.sh FOLDER      a tar of FOLDER, to standard output
#
# The time of each file in it is SOURCE_DATE_EPOCH; else that of the last commit, or, for a tree
# without git, that of ChangeLog, which an earlier make dist has set.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
for tar in ${TAR:+"$TAR"} tar gtar gnutar; do
	"$tar" --version 2>/dev/null | grep -q 'GNU tar' && break
	tar=
done
[ -n "$tar" ] || {
	echo 'tar.sh: GNU tar is needed: no other sorts and gives all files one owner' >&2
	exit 3
}
if [ -z "${SOURCE_DATE_EPOCH-}" ]; then
	if [ -e "$top/.git" ]; then
		SOURCE_DATE_EPOCH=$(git -C "$top" -c safe.directory='*' log -1 --no-show-signature --format=%ct)
	elif [ -e "$top/ChangeLog" ]; then
		SOURCE_DATE_EPOCH=$(date -r "$top/ChangeLog" +%s)
	else
		SOURCE_DATE_EPOCH=$(date +%s)
	fi
fi
export LC_ALL=C
unset TAR_OPTIONS
exec "$tar" --create --format=ustar --dereference --sort=name --mtime="@$SOURCE_DATE_EPOCH" \
	--owner=0 --group=0 --numeric-owner --mode='a=rX,u+w' -- "$1"
