#!/bin/sh
# SPDX-License-Identifier: MIT
# release.sh - what make release does: a tarball's sums, and the recipes that know them
#
#	release.sh TARBALL FOLDER
#
# FOLDER gets the tarball, netipc.spec, APKBUILD, netipc.rb and SHA256SUMS.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tarball=$1
folder=$2
sum256=$(sha256sum <"$tarball")
sum512=$(sha512sum <"$tarball")
mkdir -p "$folder"
cp "$tarball" "$folder"
for recipe in rpm/netipc.spec apk/APKBUILD brew/netipc.rb; do
	sed "s/@SHA256@/${sum256%% *}/; s/@SHA512@/${sum512%% *}/" "$here/$recipe" \
		>"$folder/${recipe#*/}"
done
cd "$folder"
sha256sum "${tarball##*/}" netipc.spec APKBUILD netipc.rb >SHA256SUMS
