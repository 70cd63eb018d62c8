/* SPDX-License-Identifier: MIT */
/*
 * pool.c - names looked up by threads, each with one getaddrinfo(3) after the other
 *
 *	pool THREADS <NAMES
 *
 * Prints "NAME ADDRESS" for the IPv4 addresses of each name, in no order.
 */
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	THREADS_MAX = 1024,
	STACK_BYTES = 256 * 1024,
};

static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;

static int next_name(char *name, int size)
{
	char *got;

	pthread_mutex_lock(&reading);
	got = fgets(name, size, stdin);
	pthread_mutex_unlock(&reading);
	if (got)
		name[strcspn(name, "\n")] = '\0';
	return got != NULL;
}

static void *work(void *unused)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
	char name[NI_MAXHOST], text[NI_MAXHOST];

	while (next_name(name, sizeof(name))) {
		if (getaddrinfo(name, NULL, &hints, &list) != 0)
			continue;
		for (struct addrinfo *ai = list; ai; ai = ai->ai_next) {
			if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text), NULL, 0,
					NI_NUMERICHOST) == 0)
				printf("%s %s\n", name, text);
		}
		freeaddrinfo(list);
	}
	return unused;
}

int main(int argc, char **argv)
{
	static pthread_t threads[THREADS_MAX];
	long n = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	pthread_attr_t attr;

	if (n < 1 || n > THREADS_MAX || pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setstacksize(&attr, STACK_BYTES) != 0) {
		fputs("pool THREADS <NAMES\n", stderr);
		return EXIT_FAILURE;
	}
	for (long i = 0; i < n; i++) {
		if (pthread_create(&threads[i], &attr, work, NULL) != 0)
			return EXIT_FAILURE;
	}
	for (long i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return EXIT_SUCCESS;
}
