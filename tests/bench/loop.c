/* SPDX-License-Identifier: MIT */
/*
 * loop.c - the program that addr conv is compared with: one line, one inet_pton(3), one
 * inet_ntop(3)
 *
 *	loop FILE
 *
 * It is what a C programmer writes at first, with large buffers of stdio in its favour.  A
 * line that is no address is left out.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUFFER = 256 * 1024,
};

int main(int argc, char **argv)
{
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
	char *line = NULL, text[INET6_ADDRSTRLEN];
	unsigned char address[16];
	size_t size = 0;
	ssize_t len;

	if (!in) {
		perror(argc == 2 ? argv[1] : "usage: loop FILE");
		return EXIT_FAILURE;
	}
	setvbuf(in, NULL, _IOFBF, BUFFER);
	setvbuf(stdout, NULL, _IOFBF, BUFFER);
	while ((len = getline(&line, &size, in)) > 0) {
		int family;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		family = strchr(line, ':') ? AF_INET6 : AF_INET;
		if (inet_pton(family, line, address) == 1)
			puts(inet_ntop(family, address, text, sizeof(text)));
	}
	free(line);
	fclose(in);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
