/* SPDX-License-Identifier: MIT */
/* check_live.c - a scan of a made-up /proc, and notes of made-up sockets */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockopt/live.h"
#include "sockopt/notes.h"
#include "unit.h"

static char root[64];

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void begin(void)
{
	strcpy(root, "/tmp/netipc-check-live.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static void end(void)
{
	ck_assert_int_eq(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static const char *under(const char *path)
{
	static char full[256];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return full;
}

static void folder(const char *path)
{
	ck_assert_int_eq(mkdir(under(path), 0755), 0);
}

static void file(const char *path, const char *text)
{
	int fd = open(under(path), O_WRONLY | O_CREAT, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void entry(const char *path, const char *target)
{
	ck_assert_int_eq(symlink(target, under(path)), 0);
}

START_TEST(scans)
{
	struct live_scan scan = { 0 };
	struct err err;

	begin();
	folder("10");
	folder("10/fd");
	folder("10/ns");
	file("10/comm", "a) b\nc\n");
	entry("10/ns/net", "net:[42]");
	entry("10/fd/0", "/dev/null");
	entry("10/fd/3", "socket:[70]");
	entry("10/fd/4", "socket:[71]");
	entry("10/fd/5", "pipe:[72]");
	entry("10/fd/6", "socket:[]");
	entry("10/fd/7", "socket:[x]");
	entry("10/fd/odd", "socket:[73]");
	folder("11"); /* shares one, and has no name and no network that can be read */
	folder("11/fd");
	entry("11/fd/9", "socket:[70]");
	folder("12"); /* ends while it is looked at: it has no descriptors */
	folder("13"); /* holds no socket */
	folder("13/fd");
	file("13/comm", "idle\n");
	folder("self");
	folder("99999999999");
	file("14", "no folder");
	ck_assert_int_eq(live_scan(&scan, root, &err), 0);
	ck_assert_uint_eq(scan.holders.n, 3);
	ck_assert_uint_eq(scan.processes.n, 2);
	ck_assert_uint_eq(scan.denied, 0);
	for (size_t i = 0; i < scan.processes.n; i++) {
		const struct live_process *p = &scan.processes.v[i];

		ck_assert_str_eq(p->name, p->pid == 10 ? "a) b\nc" : "");
		ck_assert_uint_eq(p->netns, p->pid == 10 ? 42 : 0);
	}
	ck_assert_uint_eq(scan.holders.v[0].inode, 70);
	ck_assert_uint_eq(scan.holders.v[1].inode, 70);
	ck_assert_uint_eq(scan.holders.v[2].inode, 71);
	ck_assert_int_eq(scan.holders.v[2].fd, 4);
	ck_assert_uint_eq(live_inode(root, 10, 4), 71);
	ck_assert_uint_eq(live_inode(root, 10, 5), 0);
	ck_assert_uint_eq(live_inode(root, 10, 8), 0);
	ck_assert_uint_eq(live_netns(root, 10), 42);
	ck_assert_uint_eq(live_netns(root, 11), 0);
	/* once more into the same scan */
	ck_assert_int_eq(live_scan(&scan, root, &err), 0);
	ck_assert_uint_eq(scan.holders.n, 3);
	live_scan_fini(&scan);
	end();
}
END_TEST

START_TEST(no_proc)
{
	struct live_scan scan = { 0 };
	struct err err = { 0 };

	ck_assert_int_lt(live_scan(&scan, "/nonexistent", &err), 0);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	live_scan_fini(&scan);
}
END_TEST

/* A socket of this process, opened as one of another. */
START_TEST(copies)
{
	struct live_reader r = { .proc = "/proc" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), copy, code;
	struct stat st;
	struct err err;

	if (live_supported(&err) < 0)
		return;
	ck_assert_int_eq(fstat(fd, &st), 0);
	if (live_open(&r, getpid(), fd, st.st_ino, &copy, &code) == LIVE_DENIED)
		return; /* a sandbox or an emulator */
	ck_assert_int_ne(copy, fd);
	live_close(&r, copy);
	ck_assert_int_eq(live_open(&r, getpid(), fd, st.st_ino + 1, &copy, &code), LIVE_CHANGED);
	ck_assert_int_eq(live_open(&r, getpid(), 1 << 20, st.st_ino, &copy, &code), LIVE_CHANGED);
	ck_assert_int_eq(code, EBADF);
	ck_assert_int_eq(live_open(&r, INT32_MAX, fd, st.st_ino, &copy, &code), LIVE_GONE);
	live_reader_fini(&r);
	close(fd);
}
END_TEST

struct noted {
	char text[2048];
};

static void put(void *ctx, const char *text)
{
	struct noted *n = ctx;

	strncat(n->text, text, sizeof(n->text) - strlen(n->text) - 2);
	strcat(n->text, "\n");
}

/* The notes on FD as one text; its state is taken for STATE. */
static const char *notes_on(int fd, int state)
{
	static struct noted noted;
	struct notes notes = { .sysctl = root };
	struct snapshot s = { 0 }, fresh = { 0 };
	struct snapshot_plan plan = { 0 };
	const struct option_row *rows;
	int other = socket(AF_INET, SOCK_STREAM, 0);
	size_t n;

	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (option_level(&rows[i])->read && option_is_safe(&rows[i]))
			*vec_push(&plan.rows) = &rows[i];
	snapshot_take(&s, fd, &plan);
	snapshot_take(&fresh, other, &plan);
	s.state = state;
	noted.text[0] = '\0';
	notes_each(&notes, &s, &fresh, put, &noted);
	snapshot_fini(&s);
	snapshot_fini(&fresh);
	snapshot_plan_fini(&plan);
	close(other);
	return noted.text;
}

static void set(int fd, int level, int option, int value)
{
	ck_assert_int_eq(setsockopt(fd, level, option, &value, sizeof(value)), 0);
}

/* Each note comes with its fact, and goes with it. */
START_TEST(notes)
{
	struct linger linger = { 1, 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	begin();
	folder("net");
	folder("net/ipv4");
	file("net/ipv4/tcp_retries2", "8\n");
	ck_assert_str_eq(notes_on(fd, STATE_UNCONN), "");
	ck_assert_ptr_nonnull(strstr(notes_on(fd, STATE_ESTAB), "SO_KEEPALIVE is off"));
	ck_assert_ptr_nonnull(strstr(notes_on(fd, STATE_ESTAB), "net.ipv4.tcp_retries2=8 "));
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 33);
	ck_assert_ptr_nonnull(strstr(notes_on(fd, STATE_UNCONN), "TCP_KEEPIDLE is set, but"));
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	ck_assert_str_eq(notes_on(fd, STATE_UNCONN), "");
	ck_assert_ptr_null(strstr(notes_on(fd, STATE_ESTAB), "SO_KEEPALIVE is off"));
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	ck_assert_ptr_nonnull(strstr(notes_on(fd, STATE_UNCONN), "SO_LINGER is on with 0 s"));
	linger.l_linger = 5;
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	ck_assert_str_eq(notes_on(fd, STATE_UNCONN), "");
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, IPPROTO_TCP, TCP_CORK, 1);
	ck_assert_ptr_nonnull(strstr(notes_on(fd, STATE_UNCONN), "TCP_CORK holds"));
	set(fd, IPPROTO_TCP, TCP_CORK, 0);
	ck_assert_str_eq(notes_on(fd, STATE_UNCONN), "");
	ck_assert_int_eq(unlink(under("net/ipv4/tcp_retries2")), 0);
	ck_assert_ptr_null(strstr(notes_on(fd, STATE_ESTAB), "retries2"));
	close(fd);
	end();
}
END_TEST

UNIT_MAIN("live", scans, no_proc, copies, notes)
