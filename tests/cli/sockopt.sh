#!/bin/sh
# SPDX-License-Identifier: MIT
. "${srcdir:?run by make check}/tests/lib.sh"

t "the plain form of two options" 0 \
	'LEVEL        NAME          TYPE  VALUE  SETTABLE
SOL_SOCKET   SO_KEEPALIVE  bool  off    yes
IPPROTO_TCP  TCP_NODELAY   bool  off    yes' '' sockopt SO_KEEPALIVE TCP_NODELAY

done_testing
