#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt probe: what the kernel does with sockets
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# sockets
tj "UNIX sockets are everywhere" 0 'select(.type == "SOCK_STREAM")' \
	'{"domain":"AF_UNIX","type":"SOCK_STREAM","protocol":"0","result":"ok","reason":null}' '' \
	sockopt probe sockets -j unix

# fileops
t "what the lecture says" 0 \
	'FUNCTION      LECTURE         TCP       UNIX-STREAM
fchdir        ENOTDIR         ENOTDIR   ENOTDIR
lseek         usually ESPIPE  ESPIPE    ESPIPE
read          as recv         ENOTCONN  ok
read 0 bytes  as recv         ok        ok
read 0 bytes: not as recv with tcp' '' \
	sockopt probe fileops -k tcp,unix-stream fchdir lseek read

done_testing
