#!/bin/sh
# SPDX-License-Identifier: MIT
# No shell script has a finding of shellcheck.
set -eu
: "${srcdir:?run by make lint}"
command -v shellcheck >/dev/null || { echo 'SKIP: shellcheck is not installed'; exit 77; }
cd "$srcdir"
# -x follows the sourced lib.sh.  SC2015: in "COMMAND && pass || fail" pass cannot fail.
# SC2317: functions are handed to ok and poll by name, which it takes for dead code.
# SC3045: ulimit -v is in every sh that we have met.
find bootstrap.sh ci man packaging tests -name '*.sh' -exec shellcheck -s sh -e SC2015,SC2317,SC3045 -x -P SCRIPTDIR -P . {} +
[ ! -e .ci/run ] || shellcheck .ci/run
