/* SPDX-License-Identifier: MIT */
/*
 * getaddr.c - the least that a program does to look a name up
 *
 *	getaddr NAME
 *
 * Prints the addresses that getaddrinfo(3) has for a stream, one a line.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	char text[NI_MAXHOST];

	if (argc != 2 || getaddrinfo(argv[1], NULL, &hints, &list) != 0)
		return EXIT_FAILURE;
	for (struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text), NULL, 0,
				NI_NUMERICHOST) == 0)
			puts(text);
	}
	freeaddrinfo(list);
	return EXIT_SUCCESS;
}
