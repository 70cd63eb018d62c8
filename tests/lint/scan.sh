#!/bin/sh
# SPDX-License-Identifier: MIT
# clang's static analyzer, by scan-build, over src; with NETIPC_FULL=1 over tests too, which takes
# as long again.  tests/lint/known has the findings that are wrong.
set -eu
: "${srcdir:?run by make lint}" "${builddir:?run by make lint}"
for tool in scan-build python3; do
	command -v "$tool" >/dev/null || { echo "SKIP: $tool is not installed"; exit 77; }
done
out=$builddir/tests/lint/scan
rm -rf "$out"
mkdir -p "$out"
cd "$srcdir"
# shellcheck disable=SC2016 # the inner shells expand them: CC is what scan-build sets
scan-build -plist -o "$out" -enable-checker security,optin.portability,valist \
	-disable-checker security.insecureAPI.DeprecatedOrUnsafeBufferHandling \
	-disable-checker valist.Uninitialized sh -c '
	find src ${NETIPC_FULL:+tests} -name "*.c" -print | sort | xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN)" \
		sh -c "exec \"\$CC\" -std=gnu11 -D_GNU_SOURCE -Isrc -Itests/unit -I\"\$builddir\" \
			-I\"\$builddir/src\" -include \"\$builddir/config.h\" -fsyntax-only \"\$1\"" sh' \
	>"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
python3 - "$out" <<'END' >"$out/all"
import glob, os, plistlib, sys
for name in glob.glob(sys.argv[1] + '/*/*.plist'):
    with open(name, 'rb') as report:
        report = plistlib.load(report)
    for found in report['diagnostics']:
        file = os.path.relpath(report['files'][found['location']['file']])
        print(found['check_name'], file, found.get('issue_context', '-'),
              found['location']['line'], found['description'])
END
sort -u "$out/all" >"$out/findings"
exec sh tests/lint/known.sh scan-build "$out/findings"
