/* SPDX-License-Identifier: MIT */
/*
 * forced.c - a command for the tests of sockopt exec: does with sockets what its arguments say
 *
 *	forced ACTION...
 *	tcp tcp6 udp udp6 unix   opens a socket, which the actions behind it are about
 *	bind listen              to a port that the kernel chooses, and remembers it
 *	connect send             to the port that was remembered
 *	get:LEVEL:NUMBER         prints an option, or the error number behind a minus
 *	set:LEVEL:NUMBER:VALUE   sets it, and prints the error number behind a minus if it fails
 *	accept                   goes on with the connection that the socket has accepted
 *	fork thread              the rest in a child; in a thread
 *	undump                   forbids that others look into this process
 *	ring notify              io_uring_setup(2); seccomp(2) with a listener: prints the result
 *	to:PORT                  of another process, for the actions connect and many
 *	many:N                   N times socket, connect, close: prints nanoseconds for one
 *	say:TEXT                 prints it
 *	wait:FILE                until FILE is there, for a minute
 *	raise:N exit:N           ends so
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static struct sockaddr_storage peer;
static socklen_t peer_len;
static int fd = -1, family = AF_INET, type = SOCK_STREAM, listener = -1;

static void bad(const char *what)
{
	perror(what);
	exit(99);
}

static void any(struct sockaddr_storage *sa, socklen_t *len)
{
	struct sockaddr_in *in = (struct sockaddr_in *)sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)sa;

	memset(sa, 0, sizeof(*sa));
	sa->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*len = sizeof(*in);
	} else {
		in6->sin6_addr = in6addr_loopback;
		*len = sizeof(*in6);
	}
}

static void open_socket(int wanted, int kind)
{
	family = wanted;
	type = kind;
	fd = socket(family, type, 0);
	if (fd < 0)
		bad("socket");
}

static void do_bind(void)
{
	struct sockaddr_storage sa;
	socklen_t len;

	if (family == AF_UNIX) { /* a name that the kernel makes up */
		sa.ss_family = AF_UNIX;
		len = sizeof(sa.ss_family);
	} else {
		any(&sa, &len);
	}
	if (bind(fd, (struct sockaddr *)&sa, len) < 0)
		bad("bind");
}

static void do_listen(void)
{
	if (listen(fd, 4096) < 0)
		bad("listen");
	listener = fd;
	peer_len = sizeof(peer);
	if (getsockname(fd, (struct sockaddr *)&peer, &peer_len) < 0)
		bad("getsockname");
}

static void do_connect(void)
{
	struct sockaddr_storage to = peer;
	socklen_t len = peer_len;

	if (!len) { /* of UDP, which nobody has to hear */
		any(&to, &len);
		((struct sockaddr_in *)&to)->sin_port = htons(9);
	}
	if (connect(fd, (struct sockaddr *)&to, len) < 0)
		printf("connect %d\n", -errno);
}

static void do_send(void)
{
	struct sockaddr_storage to;
	socklen_t len;

	any(&to, &len);
	((struct sockaddr_in *)&to)->sin_port = htons(9);
	if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, len) < 0)
		bad("sendto");
}

static void do_get(int level, int number)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, number, &value, &len) < 0)
		value = -errno;
	printf("%d\n", value);
}

static void do_set(int level, int number, int value)
{
	if (setsockopt(fd, level, number, &value, sizeof(value)) < 0)
		printf("%d\n", -errno);
}

static void do_accept(void)
{
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		bad("accept");
}

static void do_to(int port)
{
	any(&peer, &peer_len);
	((struct sockaddr_in *)&peer)->sin_port = htons((uint16_t)port);
}

static void do_many(int n)
{
	struct timespec begin, end;

	if (n < 1)
		bad("many");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < n; i++) {
		open_socket(peer.ss_family, SOCK_STREAM);
		if (connect(fd, (struct sockaddr *)&peer, peer_len) < 0)
			bad("connect");
		close(fd);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%lld\n",
	       ((end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec) / n);
}

#ifdef __linux__

static void do_ring(void)
{
	char params[256] = { 0 };
	long ring = syscall(425, 4, params);

	printf("%s\n", ring < 0 ? "no ring" : "ring");
}

static void do_notify(void)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &all };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		    &program) < 0)
		printf("%d\n", -errno);
}

static void do_undump(void)
{
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		bad("prctl");
}

#else

static void do_ring(void)
{
}
static void do_notify(void)
{
}
static void do_undump(void)
{
}

#endif

static void do_fork(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bad("fork");
	if (pid == 0)
		return;
	while (waitpid(pid, &status, 0) < 0)
		;
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 98);
}

static void do_wait(const char *file)
{
	const struct timespec bit = { .tv_nsec = 20000000 };

	fflush(stdout);
	for (int i = 0; i < 3000 && access(file, F_OK) < 0; i++)
		nanosleep(&bit, NULL);
}

static void *run(void *arg);

static void do_thread(char **rest)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, rest) != 0)
		bad("pthread_create");
	pthread_join(thread, NULL);
}

static const struct {
	const char *name;
	int family, type;
} kinds[] = {
	{ "tcp", AF_INET, SOCK_STREAM },  { "tcp6", AF_INET6, SOCK_STREAM },
	{ "udp", AF_INET, SOCK_DGRAM },   { "udp6", AF_INET6, SOCK_DGRAM },
	{ "unix", AF_UNIX, SOCK_STREAM },
};

static const struct {
	const char *name;
	void (*act)(void);
} plain[] = {
	{ "bind", do_bind },     { "listen", do_listen }, { "connect", do_connect },
	{ "send", do_send },     { "accept", do_accept }, { "fork", do_fork },
	{ "undump", do_undump }, { "ring", do_ring },     { "notify", do_notify },
};

/* The actions that have numbers: "get:6:18". */
static void act_with(const char *action)
{
	int n[3] = { 0 };
	const char *at = action;

	for (int i = 0; i < 3 && (at = strchr(at, ':')); i++)
		n[i] = (int)strtol(++at, NULL, 10);
	if (strncmp(action, "get:", 4) == 0)
		do_get(n[0], n[1]);
	else if (strncmp(action, "set:", 4) == 0)
		do_set(n[0], n[1], n[2]);
	else if (strncmp(action, "to:", 3) == 0)
		do_to(n[0]);
	else if (strncmp(action, "many:", 5) == 0)
		do_many(n[0]);
	else if (strncmp(action, "wait:", 5) == 0)
		do_wait(action + 5);
	else if (strncmp(action, "say:", 4) == 0)
		puts(action + 4);
	else if (strncmp(action, "raise:", 6) == 0)
		raise(n[0]);
	else if (strncmp(action, "exit:", 5) == 0)
		exit(n[0]);
	else
		bad(action);
}

static void act(const char *action)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(action, kinds[i].name) == 0) {
			open_socket(kinds[i].family, kinds[i].type);
			return;
		}
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		if (strcmp(action, plain[i].name) == 0) {
			plain[i].act();
			return;
		}
	}
	act_with(action);
}

static void *run(void *arg)
{
	for (char **action = arg; *action; action++) {
		if (strcmp(*action, "thread") == 0) {
			do_thread(action + 1);
			break;
		}
		act(*action);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	(void)argc;
	run(argv + 1);
	return 0;
}
