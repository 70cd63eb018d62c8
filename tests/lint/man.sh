#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages are clean mdoc(7).
: "${srcdir:?run by make check}"
command -v mandoc >/dev/null || { echo 'SKIP: mandoc is not installed'; exit 77; }
exec mandoc -T lint -W warning "$srcdir"/man/*.[17] man/netipc-sockopt.7
