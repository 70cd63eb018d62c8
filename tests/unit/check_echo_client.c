/* SPDX-License-Identifier: MIT */
/* The client against the server, and against servers that lie. */
#include "echo/client.h"

#include "echo.h"

static void on_failed(void *ctx UNUSED, const struct sa *sa UNUSED, const struct err *err UNUSED)
{
}

static void on_connected(void *ctx UNUSED, const struct sa *local UNUSED,
			 const struct sa *peer UNUSED)
{
}

static bool never(void *ctx UNUSED)
{
	return false;
}

/* A file with N bytes of a pattern without a short period, at its start. */
static FILE *pattern(size_t n)
{
	static char block[65536];
	FILE *f = tmpfile();
	uint32_t seed = 1;

	ck_assert_ptr_nonnull(f);
	for (size_t done = 0; done < n; done += sizeof(block)) {
		for (size_t i = 0; i < sizeof(block); i++) {
			seed = seed * 1664525 + 1013904223;
			block[i] = (char)(seed >> 24);
		}
		ck_assert_uint_eq(fwrite(block, 1,
					 n - done < sizeof(block) ? n - done : sizeof(block),
					 f) > 0,
				  1);
	}
	ck_assert_int_eq(fflush(f), 0);
	rewind(f);
	return f;
}

static bool threads; /* the client's pipe may have two */

/* The client with IN as its input; what it prints is in OUT. */
static int converse(const struct setup *setup, const struct child *child, FILE *in, FILE *out,
		    struct echo_result *result, struct err *err)
{
	const struct echo_client_config config = {
		.type = setup->type,
		.addresses = &child->sa,
		.naddresses = 1,
		.in = fileno(in),
		.out = out ? fileno(out) : -1,
		.threads = threads,
		.timeout_ns = WAIT_MS * CLOCK_MS,
		.backend = setup->backend,
		.stop = never,
		.failed = on_failed,
		.connected = on_connected,
	};

	return echo_client_run(&config, result, err);
}

static bool same_files(FILE *a, FILE *b)
{
	static char x[65536], y[65536];
	size_t n;

	rewind(a);
	rewind(b);
	do {
		n = fread(x, 1, sizeof(x), a);
		if (fread(y, 1, sizeof(y), b) != n || memcmp(x, y, n) != 0)
			return false;
	} while (n);
	return true;
}

/* Client and server, each backend, each kind of address: all comes back. */
START_TEST(pairs)
{
	static const char *const addresses[] = { "127.0.0.1:0", "[::1]:0", "unix:@check_echo" };
	enum {
		N = 16 << 20
	};
	FILE *in = pattern(N);
	struct setup setup = { .type = SOCK_STREAM };

	EACH_BACKEND(setup.backend)
	{
		for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
			struct echo_result r;
			struct child child;
			FILE *out = tmpfile();
			struct err err;
			char unique[64];

			setup.address = addresses[i];
			if (i == 2) {
				snprintf(unique, sizeof(unique), "%s%d", addresses[i],
					 (int)getpid());
				setup.address = unique;
			}
			rewind(in);
			threads = !threads;
			child = start(&setup);
			ck_assert_msg(converse(&setup, &child, in, out, &r, &err) == 0, "%s",
				      err.text);
			ck_assert_int_eq(r.verdict, ECHO_EQUAL);
			ck_assert_uint_eq(r.sent, N);
			ck_assert_uint_eq(r.received, N);
			ck_assert(sa_equal(&r.peer, &child.sa));
			ck_assert(same_files(in, out));
			fclose(out);
			stop(&child);
			ck_assert_uint_eq(child.counters.connections, 1);
			ck_assert_uint_eq(child.counters.bytes, N);
			ck_assert_uint_eq(child.counters.failed, 0);
		}
	}
	fclose(in);
}
END_TEST

START_TEST(lines)
{
	static const char *const texts[] = { "", "\n", "one\ntwo\n\nthree", "no newline" };
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_DGRAM };
	static const unsigned counts[] = { 0, 1, 4, 1 };
	struct child child = start(&setup);
	struct echo_result r;
	struct err err;
	FILE *in, *out;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		in = tmpfile();
		out = tmpfile();
		fputs(texts[i], in);
		rewind(in);
		fflush(in);
		ck_assert_msg(converse(&setup, &child, in, out, &r, &err) == 0, "%s", err.text);
		ck_assert_int_eq(r.verdict, ECHO_EQUAL);
		ck_assert_uint_eq(r.datagrams, counts[i]);
		ck_assert(same_files(in, out));
		fclose(in);
		fclose(out);
	}
	in = pattern(20000); /* lines of any length, binary ones too */
	out = tmpfile();
	ck_assert_int_eq(converse(&setup, &child, in, out, &r, &err), 0);
	ck_assert_int_eq(r.verdict, ECHO_EQUAL);
	ck_assert(same_files(in, out));
	fclose(in);
	fclose(out);
	stop(&child);
}
END_TEST

/* What happens on the way to a connection. */
struct story {
	unsigned failed, connected;
	int code; /* of the last failure */
};

static void note_failed(void *ctx, const struct sa *sa UNUSED, const struct err *err)
{
	struct story *story = ctx;

	story->failed++;
	story->code = err->code;
}

static void note_connected(void *ctx, const struct sa *local UNUSED, const struct sa *peer UNUSED)
{
	((struct story *)ctx)->connected++;
}

/* A socket of TYPE that is bound and does not listen: nobody is there. */
static int nobody(int type, struct sa *sa)
{
	socklen_t len = sizeof(sa->u);
	int fd = socket(AF_INET, type, 0);

	*sa = address("127.0.0.1:0");
	ck_assert_int_eq(bind(fd, &sa->u.sa, sa->len), 0);
	ck_assert_int_eq(getsockname(fd, &sa->u.sa, &len), 0);
	if (type == SOCK_DGRAM) { /* a bound UDP socket would take what comes */
		close(fd);
		fd = -1;
	}
	return fd;
}

static struct echo_client_config config_of(int type, const struct sa *sa, size_t n, FILE *in,
					   struct story *story)
{
	return (struct echo_client_config){
		.type = type,
		.addresses = sa,
		.naddresses = n,
		.in = fileno(in),
		.out = -1,
		.timeout_ns = WAIT_MS * CLOCK_MS,
		.stop = never,
		.failed = note_failed,
		.connected = note_connected,
		.ctx = story,
	};
}

static FILE *text(const char *s)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	fputs(s, f);
	fflush(f);
	rewind(f);
	return f;
}

START_TEST(next_address)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct setup setup = { .address = "127.0.0.1:0", .type = types[i] };
		struct child child = start(&setup);
		struct echo_client_config config;
		struct story story = { 0 };
		struct echo_result r;
		struct sa sa[3];
		FILE *in = text("hello\n");
		struct err err;
		int fd = nobody(types[i], &sa[0]);

		sa[1] = sa[0];
		sa[2] = child.sa;
		config = config_of(types[i], sa, 3, in, &story);
		ck_assert_msg(echo_client_run(&config, &r, &err) == 0, "%s", err.text);
		ck_assert_int_eq(r.verdict, ECHO_EQUAL);
		ck_assert_uint_eq(r.sent, 6);
		ck_assert_uint_eq(story.failed, 2);
		ck_assert_int_eq(story.code, ECONNREFUSED);
		ck_assert(sa_equal(&r.peer, &child.sa));
		fclose(in);

		/* None is left: the last reason is the result. */
		in = text("hello\n");
		config = config_of(types[i], sa, 2, in, &story);
		ck_assert_int_eq(echo_client_run(&config, &r, &err), -1);
		ck_assert_int_eq(err.code, ECONNREFUSED);
		ck_assert_int_eq(err.kind, ERR_SYSTEM);
		ck_assert_int_eq(r.verdict, ECHO_UNKNOWN);
		ck_assert_uint_eq(story.failed, 3);
		fclose(in);
		close(fd);
		stop(&child);
	}
}
END_TEST

/* A listener whose backlog is full does not answer: the next address is tried in time. */
START_TEST(connect_timeout)
{
	struct setup setup = { .address = "127.0.0.1:0", .type = SOCK_STREAM };
	struct child child = start(&setup);
	struct echo_client_config config;
	struct story story = { 0 };
	struct echo_result r;
	struct sa sa[2];
	FILE *in = text("hello\n");
	struct err err;
	int l = nobody(SOCK_STREAM, &sa[0]), fill[8];

	listen(l, 0);
	for (size_t i = 0; i < ARRAY_SIZE(fill); i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM, 0);
		fcntl(fill[i], F_SETFL, O_NONBLOCK);
		(void)connect(fill[i], &sa[0].u.sa, sa[0].len);
	}
	sa[1] = child.sa;
	config = config_of(SOCK_STREAM, sa, 2, in, &story);
	config.timeout_ns = 300 * CLOCK_MS;
	ck_assert_msg(echo_client_run(&config, &r, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(story.failed, 1);
	ck_assert_int_eq(story.code, ETIMEDOUT);
	ck_assert_uint_ge(r.connect_ns, 300 * CLOCK_MS);
	ck_assert_int_eq(r.verdict, ECHO_EQUAL);
	for (size_t i = 0; i < ARRAY_SIZE(fill); i++)
		close(fill[i]);
	close(l);
	fclose(in);
	stop(&child);
}
END_TEST

/* Answers each datagram by the script: what it says of the Nth, until it ends. */
static void lie(int fd, const char *script)
{
	char last[ECHO_DATAGRAM_MAX], now[ECHO_DATAGRAM_MAX];
	ssize_t nlast = 0, n;
	struct sa peer;

	for (; *script; script++) {
		socklen_t len = sizeof(peer.u);

		n = recvfrom(fd, now, sizeof(now), 0, &peer.u.sa, &len);
		if (n < 0)
			_exit(1);
		if (*script == 'l') /* the one before, which was late */
			sendto(fd, last, (size_t)nlast, 0, &peer.u.sa, len);
		if (*script == 'x')
			now[1] ^= 1;
		if (*script != '-') /* lost */
			sendto(fd, now, (size_t)n - (*script == 's'), 0, &peer.u.sa, len);
		if (*script == '2')
			sendto(fd, now, (size_t)n, 0, &peer.u.sa, len);
		memcpy(last, now, (size_t)n);
		nlast = n;
	}
	_exit(0);
}

static const struct {
	const char *script;
	enum echo_verdict verdict;
	uint64_t lost, late, offset;
} lies[] = {
	{ "....", ECHO_EQUAL, 0, 0, 0 },   { ".-..", ECHO_LOST, 1, 0, 0 },
	{ ".-l.", ECHO_LOST, 1, 1, 0 }, /* the late one is not taken for the next */
	{ ".2..", ECHO_EQUAL, 0, 1, 0 },   { "..x.", ECHO_DIFFERENT, 0, 0, 5 },
	{ "..s.", ECHO_MISSING, 0, 0, 5 }, { "---", ECHO_LOST, 4, 0, 0 },
};

START_TEST(lying_datagrams)
{
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct echo_client_config config;
		struct story story = { 0 };
		struct sa sa = address("127.0.0.1:0");
		FILE *in = text("a\nb\nc\nd\n");
		socklen_t len = sizeof(sa.u);
		struct echo_result r;
		struct err err;
		int fd = socket(AF_INET, SOCK_DGRAM, 0), status;
		pid_t pid;

		ck_assert_int_eq(bind(fd, &sa.u.sa, sa.len), 0);
		ck_assert_int_eq(getsockname(fd, &sa.u.sa, &len), 0);
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			lie(fd, lies[i].script);
		config = config_of(SOCK_DGRAM, &sa, 1, in, &story);
		/* Long enough for an answer on a busy machine, where one is to come. */
		config.timeout_ns = lies[i].lost > 1 ? 50 * CLOCK_MS : 400 * CLOCK_MS;
		ck_assert_msg(echo_client_run(&config, &r, &err) == 0, "%s: %s", lies[i].script,
			      err.text);
		ck_assert_msg(r.verdict == lies[i].verdict, "%s: verdict %d", lies[i].script,
			      (int)r.verdict);
		ck_assert_msg(r.lost == lies[i].lost, "%s: %llu lost", lies[i].script,
			      (unsigned long long)r.lost);
		ck_assert_msg(r.late == lies[i].late, "%s: %llu late", lies[i].script,
			      (unsigned long long)r.late);
		ck_assert_uint_eq(r.offset, lies[i].offset);
		ck_assert_uint_eq(r.datagrams, 4);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		close(fd);
		fclose(in);
	}
}
END_TEST

/* Takes one connection and a first block, returns WRONG, and resets the connection. */
static void reset(int l, const char *wrong)
{
	const struct linger linger = { .l_onoff = 1 };
	int fd = accept(l, NULL, NULL);
	char block[4096];

	if (fd < 0 || recv(fd, block, sizeof(block), MSG_WAITALL) != sizeof(block) ||
	    send(fd, wrong, strlen(wrong), 0) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) < 0)
		_exit(1);
	_exit(close(fd));
}

/* Whether send(2) or recv(2) sees the reset first: the connection broke. */
START_TEST(resets)
{
	enum {
		ROUNDS = 20,
		N = 8 << 20
	};
	FILE *in = pattern(N);

	for (unsigned i = 0; i < ROUNDS; i++) {
		bool wrong = i % 2;
		struct echo_client_config config;
		struct story story = { 0 };
		struct echo_result r;
		struct err err;
		struct sa sa;
		int l = nobody(SOCK_STREAM, &sa), status;
		pid_t pid;

		ck_assert_int_eq(listen(l, 1), 0);
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			reset(l, wrong ? "wrong" : "");
		rewind(in);
		config = config_of(SOCK_STREAM, &sa, 1, in, &story);
		ck_assert_int_eq(echo_client_run(&config, &r, &err), -1);
		ck_assert_int_eq(err.kind, ERR_SYSTEM);
		ck_assert_int_eq(err.code, ECONNRESET);
		ck_assert_int_eq(r.verdict, wrong ? ECHO_DIFFERENT : ECHO_UNKNOWN);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
		close(l);
	}
	fclose(in);
}
END_TEST

UNIT_MAIN("echo client", pairs, lines, next_address, connect_timeout, lying_datagrams, resets)
