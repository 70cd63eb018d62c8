/* SPDX-License-Identifier: MIT */
/*
 * lookup.c - the program that netipc services and hosts are compared with: one key, one call of
 * getservbyname(3), getservbyport(3) or gethostbyname(3)
 *
 *	lookup services|hosts <KEYS
 *
 * Keys are NAME, PORT and both with /PROTOCOL; names of hosts.  What is found is printed as
 * NAME, PORT, PROTOCOL with tabs between, or as the address; with large buffers of stdio.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUFFER = 256 * 1024,
};

static void look_up_service(char *key)
{
	char *protocol = strchr(key, '/'), *end;
	const struct servent *s;
	long port;

	if (protocol)
		*protocol++ = '\0';
	port = strtol(key, &end, 10);
	s = *end ? getservbyname(key, protocol) : getservbyport(htons((uint16_t)port), protocol);
	if (s)
		printf("%s\t%d\t%s\n", s->s_name, ntohs((uint16_t)s->s_port), s->s_proto);
}

static void look_up_host(char *key)
{
	const struct hostent *h = gethostbyname(key);
	struct in_addr address;

	if (!h)
		return;
	memcpy(&address, h->h_addr_list[0], sizeof(address));
	puts(inet_ntoa(address));
}

int main(int argc, char **argv)
{
	void (*look_up)(char *) =
		argc == 2 && strcmp(argv[1], "hosts") == 0 ? look_up_host : look_up_service;
	char *line = NULL;
	size_t size = 0;

	if (argc != 2) {
		fputs("usage: lookup services|hosts <KEYS\n", stderr);
		return EXIT_FAILURE;
	}
	setvbuf(stdin, NULL, _IOFBF, BUFFER);
	setvbuf(stdout, NULL, _IOFBF, BUFFER);
	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		look_up(line);
	}
	free(line);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
