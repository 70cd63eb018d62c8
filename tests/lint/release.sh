#!/bin/sh
# SPDX-License-Identifier: MIT
# One version and one date of the release wherever they stand; debian/ is not in the tarball.
set -eu
: "${srcdir:?run by make check}"
cd "$srcdir"
bad=0
version=$(sed -n 's/^AC_INIT(\[netipc\], \[\([^]]*\)\].*/\1/p' configure.ac)
[ -n "$version" ] || { echo 'configure.ac has no version'; bad=1; }

# has FILE LINE - it is there, for this version
has() {
	grep -qF -- "$2" "$1" || { echo "$1 has no \"$2\""; bad=1; }
}

has packaging/rpm/netipc.spec "Version:        $version"
has packaging/rpm/netipc.spec " - $version-1"
has packaging/apk/APKBUILD "pkgver=$version"
has packaging/apk/APKBUILD "@SHA512@  netipc-$version.tar.xz"
has packaging/brew/netipc.rb "/netipc-$version.tar.xz\""
has packaging/README.md "netipc_$version.orig.tar.xz"
sed -n 3p NEWS | grep -qE "^$version \([0-9-]{10}\)$" || { echo "NEWS does not begin with $version"; bad=1; }
if [ -e debian/changelog ]; then
	head -n 1 debian/changelog | grep -qF "netipc ($version-" ||
		{ echo "debian/changelog does not begin with $version"; bad=1; }
fi
exit $bad
