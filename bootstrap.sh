#!/bin/sh
# Generate configure and the Makefile.in files from a git checkout.
set -eu
cd "$(dirname "$0")"
exec autoreconf --install --force --warnings=all
