/* SPDX-License-Identifier: MIT */
/* check_diag.c - the kernel's list of sockets has ours, as the calls on them tell */
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sockopt/diag.h"
#include "sockopt/snapshot.h"
#include "unit.h"

struct wanted {
	uint64_t inode;
	struct diag_socket found;
	struct sa local, peer;
	unsigned times;
	long long rcvbuf;
};

static void look(void *ctx, const struct diag_socket *s)
{
	struct wanted *w = ctx;

	if (s->inode != w->inode)
		return;
	w->found = *s;
	w->times++;
	for (size_t i = 0; i < s->n; i++)
		if (s->values[i].level == SOL_SOCKET && s->values[i].number == SO_RCVBUF) {
			int n;

			memcpy(&n, s->values[i].bytes, sizeof(n));
			w->rcvbuf = n;
		}
}

/* The kernel's list has FD once, with the ends that it has; false if there is no such list. */
static bool find(int fd, struct wanted *w)
{
	struct stat st;
	struct err err;

	memset(w, 0, sizeof(*w));
	ck_assert_int_eq(fstat(fd, &st), 0);
	w->inode = st.st_ino;
	if (diag_each(true, look, w, &err) < 0 || !w->times)
		return false; /* an emulator, or a kernel without it */
	ck_assert_uint_eq(w->times, 1);
	return true;
}

START_TEST(tcp)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), client, n;
	socklen_t nlen = sizeof(n);
	struct wanted w;
	struct sa sa;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address, len), 0);
	if (!find(listener, &w))
		return;
	ck_assert_int_eq(w.found.state, STATE_LISTEN);
	ck_assert_int_eq(w.found.protocol, IPPROTO_TCP);
	sa_from_raw(&sa, &address, len);
	ck_assert(w.found.has_local && sa_equal(&w.found.local, &sa));
	ck_assert(!w.found.has_peer);
	ck_assert(find(client, &w));
	ck_assert_int_eq(w.found.state, STATE_ESTAB);
	ck_assert(w.found.has_peer && sa_equal(&w.found.peer, &sa));
	ck_assert_int_eq(getsockopt(client, SOL_SOCKET, SO_RCVBUF, &n, &nlen), 0);
	ck_assert_int_eq(w.rcvbuf, n);
	ck_assert_uint_eq(w.found.uid, getuid());
	close(listener);
	close(client);
}
END_TEST

START_TEST(udp)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct wanted w;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (!find(fd, &w))
		return;
	ck_assert_int_eq(w.found.state, STATE_UNCONN);
	ck_assert_int_eq(w.found.type, SOCK_DGRAM);
	close(fd);
}
END_TEST

START_TEST(unix_names)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char name[64];
	socklen_t len;
	struct wanted w;
	struct sa sa;

	snprintf(name, sizeof(name), "netipc-check-diag-%ld", (long)getpid());
	memcpy(address.sun_path + 1, name, strlen(name));
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	if (!find(fd, &w))
		return;
	sa_from_raw(&sa, &address, len);
	ck_assert(sa_equal(&w.found.local, &sa));
	ck_assert_int_eq(w.found.state, STATE_LISTEN);
	close(fd);
}
END_TEST

START_TEST(short_messages)
{
	unsigned char bytes[256] = { AF_INET };
	struct diag_socket s;

	for (size_t n = 0; n < 72; n++)
		ck_assert(!diag_parse(&s, AF_INET, IPPROTO_TCP, bytes, n));
	for (size_t n = 0; n < 16; n++)
		ck_assert(!diag_parse(&s, AF_UNIX, 0, bytes, n));
}
END_TEST

UNIT_MAIN("diag", tcp, udp, unix_names, short_messages)
