/* SPDX-License-Identifier: MIT */
/*
 * liar.c - an echo server for tests, which does one thing wrong
 *
 *	liar tcp|udp LIE [WHERE [MS]]
 *
 * It prints "ready 127.0.0.1:PORT" and serves until it is ended, or its parent is.  WHERE is the
 * offset in each TCP connection (5), or the number, from 1 on, of the only datagram that the lie is
 * about; 0, the default there, is all.
 *
 *	honest      an echo
 *	wrong       a byte is changed; the last of a datagram
 *	missing     a byte is left out; the last of a datagram
 *	extra       there is a byte more; at the end of a datagram
 *	duplicate   what one read brought comes twice
 *	reordered   a byte comes behind the next one; a datagram behind the next one
 *	late        what comes goes back MS (300) later
 *	never       nothing goes back
 *	elsewhere   UDP: the answer comes from another port
 *	foreign     UDP: something comes besides that nobody sent
 *	closes      TCP: the stream ends at WHERE
 *	resets      TCP: the connection is reset there
 *	tail        TCP: at the client's half-close, what was not returned is lost
 *	endless     TCP: after the client's half-close, the end of file does not come
 *	urgent      TCP: stops at the urgent mark
 *	grows       TCP: takes all that comes and keeps it
 *	starves     TCP: waits for the client that does not read, and for nobody else
 *	nagle       TCP: after ten small messages each is MS (45) late
 */
#include "liar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/scan.h"

enum {
	OFFSET = 5,
	LATE_MS = 300,
	NAGLE_MS = 45,
};

static uint64_t number(const char *text)
{
	uint64_t value;

	if (scan_uint(text, text + strlen(text), UINT64_MAX, &value) != strlen(text)) {
		fprintf(stderr, "liar: not a number: %s\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	struct liar liar = { .type = SOCK_STREAM };
	char text[SA_STRLEN];
	struct sa sa;
	int fd;

	if (argc < 3 || argc > 5 || (liar.lie = liar_lie(argv[2])) == LIES ||
	    (strcmp(argv[1], "tcp") != 0 && strcmp(argv[1], "udp") != 0)) {
		fprintf(stderr, "usage: liar tcp|udp LIE [WHERE [MS]]\n");
		return 2;
	}
	if (argv[1][0] == 'u')
		liar.type = SOCK_DGRAM;
	liar.where = argc > 3 ? number(argv[3]) : liar.type == SOCK_STREAM ? OFFSET : 0;
	liar.late_ms = argc > 4 ? number(argv[4]) : liar.lie == LIE_NAGLE ? NAGLE_MS : LATE_MS;
	fd = liar_open(&liar, &sa);
	if (fd < 0) {
		perror("liar");
		return 3;
	}
	printf("ready %s\n", sa_format(&sa, text));
	fflush(stdout);
	liar_serve(&liar, fd);
	return 0;
}
