/* SPDX-License-Identifier: MIT */
/*
 * forced_i386.c - a program of 32 bits for the tests of sockopt exec, without any libc
 *
 * It binds a TCP socket by socketcall(2), as old ones do, and one by bind(2), and exits with the
 * sum of their SO_KEEPALIVE.
 */
struct address {
	unsigned short family, port;
	unsigned host, zero[2];
};

enum {
	EXIT = 1,
	SOCKETCALL = 102,
	BIND = 361,
	SOCKET = 1, /* of socketcall(2) */
	BIND_BY = 2,
	GETSOCKOPT = 15,
};

static int call(int number, int a, int b, int c)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return result;
}

static int keepalive(int by_socketcall)
{
	struct address any = { .family = 2, .host = 0x0100007f };
	int tcp[] = { 2, 1, 0 }, value = 0, len = sizeof(value);
	int fd = call(SOCKETCALL, SOCKET, (int)tcp, 0);
	int bind[] = { fd, (int)&any, sizeof(any) };
	int get[] = { fd, 1, 9, (int)&value, (int)&len };

	if (by_socketcall)
		call(SOCKETCALL, BIND_BY, (int)bind, 0);
	else
		call(BIND, fd, (int)&any, sizeof(any));
	call(SOCKETCALL, GETSOCKOPT, (int)get, 0);
	return value;
}

void _start(void);
void _start(void)
{
	call(EXIT, keepalive(1) + keepalive(0), 0, 0);
}
