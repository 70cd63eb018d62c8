/* SPDX-License-Identifier: MIT */
/* check_effects.c - netipc sockopt show -a leaves the sockets that it looks at as they were */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* NETIPC looks at all options of this process's sockets. */
static void show(void)
{
	char self[24];
	const char *program = getenv("NETIPC"), *exec = getenv("NETIPC_EXEC");
	pid_t child;
	int status;

	if (exec && strstr(exec, "qemu"))
		return; /* it does not pass pidfd_getfd on */
	ck_assert_ptr_nonnull(program);
	snprintf(self, sizeof(self), "%ld", (long)getpid());
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(98);
		execl(program, "netipc", "sockopt", "show", "-a", self, (char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
}

static struct sockaddr_in loopback(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sin;
}

static int bound(int type, struct sockaddr_in *sin)
{
	socklen_t len = sizeof(*sin);
	int fd = socket(AF_INET, type, 0);

	*sin = loopback();
	ck_assert_int_eq(bind(fd, (struct sockaddr *)sin, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)sin, &len), 0);
	return fd;
}

/* getsockopt(2) failed with RC because an emulator does not know the option. */
static bool is_foreign(int rc)
{
	const char *runner = getenv("NETIPC_EXEC");

	return rc < 0 && runner && *runner;
}

START_TEST(a_pending_error_stays)
{
	struct pollfd wait = { .events = 0 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(int);
	int nobody = bound(SOCK_DGRAM, &sin), fd = socket(AF_INET, SOCK_DGRAM, 0), code = 0;

	close(nobody);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	wait.fd = fd;
	ck_assert_int_eq(poll(&wait, 1, 10000), 1);
	show();
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len), 0);
	ck_assert_int_eq(code, ECONNREFUSED);
	close(fd);
}
END_TEST

START_TEST(a_saved_syn_stays)
{
	int rc;
	enum {
		SAVE_SYN = 27,
		SAVED_SYN = 28
	};
	struct sockaddr_in sin;
	int listener = bound(SOCK_STREAM, &sin), client, server, on = 1;
	unsigned char syn[256];
	socklen_t len = sizeof(syn);

	ck_assert_int_eq(setsockopt(listener, IPPROTO_TCP, SAVE_SYN, &on, sizeof(on)), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&sin, sizeof(sin)), 0);
	server = accept(listener, NULL, NULL);
	show();
	rc = getsockopt(server, IPPROTO_TCP, SAVED_SYN, syn, &len);
	if (is_foreign(rc))
		return;
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_ge(len, 40);
	close(listener);
	close(client);
	close(server);
}
END_TEST

START_TEST(packet_statistics_stay)
{
	int rc;
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	struct sockaddr_in sin;
	int udp = bound(SOCK_DGRAM, &sin), fd = socket(AF_PACKET, SOCK_DGRAM, htons(0x0003));
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (fd >= 0) { /* else only root may */
		ck_assert_int_eq(sendto(udp, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin)), 1);
		ck_assert_int_eq(poll(&wait, 1, 10000), 1);
		show();
		rc = getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
		if (is_foreign(rc))
			return;
		ck_assert_int_eq(rc, 0);
		ck_assert_uint_gt(stats.tp_packets, 0);
		close(fd);
	}
	close(udp);
}
END_TEST

static int descriptors(void)
{
	DIR *list = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(list);
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

START_TEST(descriptors_and_epoll_stay)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int fds[2], queue = epoll_create1(0), level = epoll_create1(0), before;
	char byte;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(epoll_ctl(queue, EPOLL_CTL_ADD, fds[0], &event), 0);
	event.events = EPOLLIN;
	ck_assert_int_eq(epoll_ctl(level, EPOLL_CTL_ADD, fds[0], &event), 0);
	ck_assert_int_eq(send(fds[1], "x", 1, 0), 1);
	ck_assert_int_eq(epoll_wait(queue, &event, 1, 0), 1);
	before = descriptors();
	show();
	ck_assert_int_eq(descriptors(), before);
	ck_assert_int_eq(epoll_wait(queue, &event, 1, 0), 0); /* told already */
	ck_assert_int_eq(epoll_wait(level, &event, 1, 0), 1);
	ck_assert_int_eq(recv(fds[0], &byte, 1, MSG_DONTWAIT), 1);
	ck_assert_int_eq(recv(fds[0], &byte, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, EAGAIN);
	/* Nobody else has it open: its end is seen at once. */
	close(fds[1]);
	ck_assert_int_eq(recv(fds[0], &byte, 1, MSG_DONTWAIT), 0);
	close(fds[0]);
	close(queue);
	close(level);
}
END_TEST

UNIT_MAIN("effects", a_pending_error_stays, a_saved_syn_stays, packet_statistics_stay,
	  descriptors_and_epoll_stay)
