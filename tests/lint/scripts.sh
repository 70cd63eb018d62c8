#!/bin/sh
# SPDX-License-Identifier: MIT
# No shell script has a finding of shellcheck.
set -eu
: "${srcdir:?run by make lint}"
command -v shellcheck >/dev/null || { echo 'SKIP: shellcheck is not installed'; exit 77; }
cd "$srcdir"
# -x follows the sourced lib.sh; in "COMMAND && pass || fail" (SC2015) pass cannot fail.
find bootstrap.sh ci tests -name '*.sh' -exec shellcheck -s sh -e SC2015 -x -P SCRIPTDIR -P . {} +
[ ! -e .ci/run ] || shellcheck .ci/run
