/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/macros.h"
#include "torture.h"

enum {
	TRACEES_MAX = 512,
	SYSCALL_STOP = SIGTRAP | 0x80,
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
};

struct tracee {
	pid_t tid;
	bool pending; /* its call returns the error */
};

/* A run that is under way */
struct course {
	const struct job *job;
	const struct fault *fault;
	struct run *r;
	int in, out, err, peer_err;
	pid_t target, peer;
	bool traced;  /* each call is seen, or will be */
	bool started; /* main() */
	bool letting; /* all go on untraced */
	bool ended;   /* the target */
	uint64_t deadline_ns;
	struct tracee tracees[TRACEES_MAX];
	size_t n;
};

static void on_tick(int sig)
{
	(void)sig;
}

/* What the fault needs of the call that INFO is about, made by TID: false if it makes no sense. */

/* The option NAME of socket FD of TID, or -1 */
static int option_of(pid_t tid, int fd, int name)
{
	int value = -1, copy, process;
	socklen_t len = sizeof(value);

	process = (int)syscall(SYS_pidfd_open, tid, 0);
	if (process < 0)
		return -1;
	copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	close(process);
	if (copy < 0 || getsockopt(copy, SOL_SOCKET, name, &value, &len) < 0)
		value = -1;
	if (copy >= 0)
		close(copy);
	return value;
}

enum {
	LINK_ROOM = 64,
	OWN_MAX = 64, /* descriptors of a process that are looked at */
};

enum kind {
	KIND_FILE,
	KIND_STREAM,
	KIND_OTHER
};

/* Where the descriptor FD of TID leads */
static bool read_link(char to[static LINK_ROOM], pid_t tid, int fd)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", tid, fd);
	n = readlink(path, to, LINK_ROOM - 1);
	to[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

/* FD of TID is a pipe whose other end it has too: somebody is there to read. */
static bool is_own_pipe(pid_t tid, int fd)
{
	char to[LINK_ROOM], other[LINK_ROOM];

	if (!read_link(to, tid, fd) || strncmp(to, "pipe:", 5) != 0)
		return false;
	for (int i = 0; i < OWN_MAX; i++)
		if (i != fd && read_link(other, tid, i) && strcmp(other, to) == 0)
			return true;
	return false;
}

/* What the descriptor FD of TID is: a pipe is a stream too. */
static enum kind kind_of(pid_t tid, int fd)
{
	char to[LINK_ROOM];

	if (!read_link(to, tid, fd))
		return KIND_OTHER;
	if (strncmp(to, "socket:", 7) == 0)
		return option_of(tid, fd, SO_TYPE) == SOCK_STREAM ? KIND_STREAM : KIND_OTHER;
	if (strncmp(to, "pipe:", 5) == 0)
		return KIND_STREAM;
	return strncmp(to, "anon_inode:", 11) == 0 ? KIND_OTHER : KIND_FILE;
}

static bool does_not_wait(pid_t tid, const uint64_t *args)
{
	char path[64], line[128];
	unsigned flags = 0;
	FILE *f;

	if (args[3] & MSG_DONTWAIT)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", tid, (int)args[0]);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "flags:", 6) == 0)
			flags = (unsigned)strtoul(line + 6, NULL, 8);
	fclose(f);
	return flags & O_NONBLOCK;
}

static bool fits(const struct fault *fault, pid_t tid, const uint64_t *args)
{
	bool writes = fault->call->nr == SYS_write || fault->call->nr == SYS_writev;
	int fd = (int)args[0];

	/* The complaint itself: nothing is left to tell of it */
	if (writes && fd == STDERR_FILENO)
		return false;
	/* It says that the file has no events. */
	if (fault->call->nr == SYS_epoll_ctl && fault->code == EPERM)
		return kind_of(tid, (int)args[2]) == KIND_FILE;
	if (fault->how == SHORT)
		return args[2] > 1 && kind_of(tid, fd) != KIND_OTHER;
	if (writes && fault->code == EPIPE)
		return !is_own_pipe(tid, fd);
	if (writes && fault->code != EINTR)
		return kind_of(tid, fd) == KIND_FILE;
	/* No peer refuses or resets what is sent to the kernel; libc ends the process then. */
	if (fault->code == ECONNREFUSED || fault->code == ECONNRESET)
		return option_of(tid, fd, SO_DOMAIN) != AF_NETLINK;
	if (fault->code == EAGAIN && strncmp(fault->call->faults, "EAGAIN+", 7) != 0)
		return does_not_wait(tid, args);
	return true;
}

static struct torture_memory *shared_memory(void)
{
	static struct torture_memory *memory;
	char path[64];
	int fd;

	if (memory)
		return memory;
	fd = memfd_create("memory", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, sizeof(*memory)) < 0)
		abort();
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		abort();
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	setenv(TORTURE_ENV, path, 1);
	return memory;
}

static bool in_lookup(pid_t tid)
{
	const struct torture_memory *memory = shared_memory();

	for (size_t i = 0; i < LOOKUPS_MAX; i++)
		if (memory->lookups[i] == tid)
			return true;
	return false;
}

/* Tracees */

static struct tracee *find(struct course *c, pid_t tid)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->tracees[i].tid == tid)
			return &c->tracees[i];
	if (c->n == TRACEES_MAX)
		abort();
	c->tracees[c->n] = (struct tracee){ .tid = tid };
	return &c->tracees[c->n++];
}

static void forget(struct course *c, pid_t tid)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->tracees[i].tid == tid)
			c->tracees[i] = c->tracees[--c->n];
}

static void let_go(struct course *c, pid_t tid, int sig)
{
	ptrace(PTRACE_DETACH, tid, 0, (long)sig);
	forget(c, tid);
}

/* All others stop, and are let go then. */
static void stop_all(struct course *c)
{
	c->letting = true;
	for (size_t i = 0; i < c->n; i++)
		ptrace(PTRACE_INTERRUPT, c->tracees[i].tid, 0, 0);
}

static void on_entry(struct course *c, struct tracee *t, long nr, const uint64_t *args)
{
	const struct fault *fault = c->fault;

	for (size_t i = 0; i < calls_count; i++)
		c->r->counts[i] += calls[i].nr == nr;
	if (!fault->call || fault->call->nr != nr || !fits(fault, t->tid, args))
		return;
	c->r->reached++;
	if (fault->lasting ? c->r->reached < fault->n : c->r->reached != fault->n)
		return;
	c->r->in_lookup |= in_lookup(t->tid);
	if (fault->how == SHORT) {
		torture_set_count(t->tid, 1);
		c->letting = true;
		return;
	}
	if (fault->how == INSTEAD)
		torture_skip_call(t->tid);
	t->pending = true;
}

static void on_exit_stop(struct course *c, struct tracee *t)
{
	if (!t->pending)
		return;
	t->pending = false;
	torture_set_result(t->tid, -c->fault->code);
	if (!c->fault->lasting)
		c->letting = true;
}

/* The tracee is about to make a call, or has made it. */
static void on_call(struct course *c, struct tracee *t)
{
	struct __ptrace_syscall_info info;
	bool let = c->letting;
	pid_t tid = t->tid;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		uint64_t args[6];

		memcpy(args, info.entry.args, sizeof(args));
		if (info.entry.nr == SYS_prctl && args[0] == TORTURE_END) {
			let_go(c, tid, 0);
			return;
		}
		on_entry(c, t, (long)info.entry.nr, args);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		on_exit_stop(c, t);
	}
	if (c->letting && !t->pending) {
		let_go(c, tid, 0);
		if (!let)
			stop_all(c);
		return;
	}
	ptrace(PTRACE_SYSCALL, tid, 0, 0);
}

/* The thread TID has stopped: STATUS tells why. */
static void on_stop(struct course *c, pid_t tid, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;
	struct tracee *t = find(c, tid);
	int how = c->started ? PTRACE_SYSCALL : PTRACE_CONT;

	if (event == 0 && sig == SYSCALL_STOP) {
		on_call(c, t);
		return;
	}
	if (event == 0 && sig == TORTURE_BEGIN && !c->started) {
		c->started = true;
		sig = 0;
		how = PTRACE_SYSCALL;
	} else if (event == PTRACE_EVENT_STOP && sig != SIGTRAP && !c->letting) {
		ptrace(PTRACE_LISTEN, tid, 0, 0);
		return;
	}
	if (event)
		sig = 0;
	if (c->letting || (event == PTRACE_EVENT_EXEC && c->started))
		let_go(c, tid, sig);
	else
		ptrace((enum __ptrace_request)how, tid, 0, (long)sig);
}

/* Beginning */

static NORETURN void become(const struct job *job, const struct course *c, int go)
{
	char byte;

	setsid();
	if (read(go, &byte, 1) < 0)
		_exit(125);
	dup2(c->in, 0);
	dup2(c->out, 1);
	dup2(c->err, 2);
	execv(job->argv[0], job->argv);
	_exit(125);
}

static int begin(struct course *c)
{
	int go[2];

	c->in = open(c->job->input ? c->job->input : "/dev/null", O_RDONLY | O_CLOEXEC);
	c->out = memfd_create("out", MFD_CLOEXEC);
	c->err = memfd_create("err", MFD_CLOEXEC);
	c->peer_err = memfd_create("peer", MFD_CLOEXEC);
	if (c->in < 0 || c->peer_err < 0 || pipe2(go, O_CLOEXEC) < 0)
		return -1;
	c->target = fork();
	if (c->target == 0)
		become(c->job, c, go[0]);
	close(go[0]);
	if (c->target < 0)
		return -1;
	if (c->traced && ptrace(PTRACE_SEIZE, c->target, 0, (long)OPTIONS) < 0) {
		kill(c->target, SIGKILL);
		waitpid(c->target, NULL, 0);
		close(go[1]);
		return -1;
	}
	if (write(go[1], "", 1) < 0)
		kill(c->target, SIGKILL);
	close(go[1]);
	c->deadline_ns = clock_now_ns() + c->job->patience * (uint64_t)1000000000;
	return 0;
}

/* Starts the peer when the ready line is there. */
static void look_for_ready(struct course *c)
{
	char text[512], *at, *end;
	ssize_t n = pread(c->out, text, sizeof(text) - 1, 0);

	if (n < 0)
		return;
	text[n] = '\0';
	at = strstr(text, "ready ");
	end = at ? strchr(at, '\n') : NULL;
	if (!end)
		return;
	*end = '\0';
	c->peer = fork();
	if (c->peer == 0) {
		setsid();
		dup2(c->peer_err, 1);
		dup2(c->peer_err, 2);
		setenv("ready", at + strlen("ready "), 1);
		execl("/bin/sh", "sh", "-c", c->job->peer, (char *)NULL);
		_exit(125);
	}
}

/* Kills what is left of the run: all children of this process. */
static void kill_all(void)
{
	char path[64], text[4096], *s = text, *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	for (long pid; (pid = strtol(s, &end, 10)) > 0; s = end)
		kill((pid_t)pid, SIGKILL);
}

static void on_end(struct course *c, pid_t pid, int status)
{
	forget(c, pid);
	if (pid == c->target) {
		c->r->status = status;
		c->ended = true;
	} else if (pid == c->peer) {
		c->r->peer_status = status;
		c->peer = 0;
		if (!c->ended && kill(c->target, SIGTERM) == 0)
			c->r->asked = true;
	}
}

static void on_timeout(struct course *c)
{
	if (c->ended && !c->peer)
		c->r->left_behind = true;
	else
		c->r->hung = true;
	kill_all();
}

/* A lock that libc leaves taken when its memory runs out is not waited for as long. */
static bool is_over(const struct course *c, uint64_t now)
{
	uint64_t rest = shared_memory()->in_lookup ? c->job->patience / 6 * (uint64_t)5 : 0;

	return now > c->deadline_ns - rest * 1000000000;
}

/* The peer of a server that has ended finds nobody; it is not waited for. */
static void follow(struct course *c)
{
	int status;

	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid < 0) {
			if (is_over(c, clock_now_ns()))
				on_timeout(c);
			else if (c->job->peer && !c->peer && !c->r->asked && !c->ended)
				look_for_ready(c);
		} else if (WIFSTOPPED(status)) {
			on_stop(c, pid, status);
		} else {
			on_end(c, pid, status);
		}
	}
}

static char *contents(int fd, size_t *len)
{
	struct stat st;
	char *text;
	ssize_t n;

	*len = 0;
	if (fstat(fd, &st) < 0)
		st.st_size = 0;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		abort();
	n = pread(fd, text, (size_t)st.st_size, 0);
	*len = n < 0 ? 0 : (size_t)n;
	text[*len] = '\0';
	close(fd);
	return text;
}

static void tick(bool on)
{
	struct itimerval every = { { 0, on ? 3000 : 0 }, { 0, on ? 3000 : 0 } };
	struct sigaction action = { .sa_handler = on_tick };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

int torture_run(const struct job *job, const struct fault *fault, struct run *r)
{
	struct torture_memory *memory = shared_memory();
	struct course c = { .job = job, .fault = fault, .r = r };
	size_t ignored;
	int status;

	*r = (struct run){ 0 };
	c.traced = fault->call || fault->n == 0;
	memory->count = 0;
	memory->in_lookup = false;
	memset(memory->lookups, 0, sizeof(memory->lookups));
	memory->fail_at = c.traced ? 0 : fault->n;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	status = begin(&c);
	if (status == 0) {
		tick(true);
		follow(&c);
		tick(false);
		if (!fault->call)
			r->reached = (unsigned)memory->count;
		r->in_lookup |= memory->in_lookup;
	}
	close(c.in);
	r->out = contents(c.out, &r->out_len);
	r->err = contents(c.err, &r->err_len);
	r->peer_err = contents(c.peer_err, &ignored);
	return status;
}

void torture_free(struct run *r)
{
	free(r->out);
	free(r->err);
	free(r->peer_err);
	*r = (struct run){ 0 };
}
