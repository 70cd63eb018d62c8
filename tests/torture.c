/* SPDX-License-Identifier: MIT */
/*
 * torture.c - a command line, again and again, with something else going wrong each time
 *
 *	torture [OPTION]... -- PROGRAM [ARG]...
 *
 *	-i FILE           its standard input
 *	-p COMMAND        it is a server: the shell does COMMAND, with $ready as its address, and
 *	                  when that has ended, PROGRAM gets SIGTERM; it, or netipc's complaint,
 *shall have come through -s N              only each Nth fault, from the -f Ith (0) -a STATUSES
 *exit statuses that a fault may lead to, besides 3: -a 1,2 -l N              lines on standard
 *error that may then be, instead of 1 -L                libc may crash where it gets no memory for
 *itself, or answer wrongly, as that of getaddrinfo(3) does -t SECONDS        longer than this is a
 *hang (60) -1 FAULT          only this: CALL:ERROR:N, CALL:short:N or malloc:N, and all that comes
 *of it
 *
 * First PROGRAM runs undisturbed.  Then each allocation fails in turn, the first, the second, ...
 * until there is none any more, and each system call of tests/torture_calls.def in each of the ways
 * that it has there.  A run is as it should be if it ends in time, by itself and with all its
 * children, without a report of a sanitizer, and with what the first run printed and its status, or
 * with another status and a line that says why.
 *
 * Prints a line for each finding, and at last how many runs and faults there were.  Status 1 if
 * there are findings, 77 if processes cannot be traced here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "torture.h"

struct torture {
	struct job job;
	struct run base;
	unsigned stride, first, seen; /* faults: each how many'th, from which, so far */
	unsigned lines;
	bool libc_lies;
	const char *allowed, *only;
	unsigned runs, allocations, faults, findings;
};

/* Where the digits of a port of an ephemeral address stand, one digit does for all. */
static void mask_ports(char *text, size_t *len)
{
	static const char *const before[] = { "127.0.0.1:", "[::1]:" };
	size_t to = 0;

	for (size_t i = 0; i < *len;) {
		size_t n = 0;

		for (size_t k = 0; k < 2 && !n; k++)
			if (strncmp(text + i, before[k], strlen(before[k])) == 0)
				n = strlen(before[k]);
		if (n == 0)
			n = 1;
		memmove(text + to, text + i, n);
		to += n;
		i += n;
		if (n > 1)
			for (; i < *len && text[i] >= '0' && text[i] <= '9'; i++)
				continue;
	}
	text[to] = '\0';
	*len = to;
}

static unsigned count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static bool is_allowed(const char *list, int status)
{
	if (status == 3)
		return true;
	for (; list && *list; list++)
		if (*list == '0' + status)
			return true;
	return false;
}

static bool same_output(const struct run *a, const struct run *b)
{
	return a->out_len == b->out_len && memcmp(a->out, b->out, a->out_len) == 0;
}

/* What is wrong with a server's run, or NULL */
static const char *judge_server(const struct torture *t, const struct run *r,
				const struct fault *fault)
{
	if (!r->asked)
		return NULL;
	if (!WIFSIGNALED(r->status) || WTERMSIG(r->status) != SIGTERM)
		return "was told to end, and ended otherwise";
	if (r->peer_status != 0 && !(fault->lasting && r->err_len > t->base.err_len))
		return "no longer serves";
	return NULL;
}

/* What is wrong with a run, or NULL */
static const char *judge(const struct torture *t, const struct run *r, const struct fault *fault)
{
	int status = WEXITSTATUS(r->status);
	unsigned lines = fault->lasting ? 10 * t->lines : t->lines;

	if (r->hung)
		return "hangs";
	if (r->left_behind)
		return "leaves a process behind";
	if (strstr(r->err, "Sanitizer") || strstr(r->err, "runtime error:"))
		return "a sanitizer's report";
	if (t->libc_lies && !fault->call && !r->own)
		return NULL;
	if (t->job.peer && r->asked)
		return judge_server(t, r, fault);
	if (WIFSIGNALED(r->status) || status > 125)
		return r->status == t->base.status && same_output(r, &t->base) ? NULL : "crashes";
	if (r->status == t->base.status)
		return same_output(r, &t->base) ? NULL :
						  "the status is as without, the output is not";
	if (!is_allowed(t->allowed, status))
		return "a status that it shall not have";
	if (r->err_len == 0)
		return "fails without a word";
	if (r->err[r->err_len - 1] != '\n' || count_lines(r->err) > lines)
		return "fails with more than a line";
	return NULL;
}

static const char *fault_name(const struct fault *fault)
{
	static char text[96];

	if (!fault->call)
		snprintf(text, sizeof(text), "malloc:%u", fault->n);
	else if (fault->how == SHORT)
		snprintf(text, sizeof(text), "%s:short:%u", fault->call->name, fault->n);
	else
		snprintf(text, sizeof(text), "%s:%s%s%s:%u", fault->call->name,
			 err_code_name(fault->code), fault->how == AFTER ? "~" : "",
			 fault->lasting ? "+" : "", fault->n);
	return text;
}

static void show(const char *what, const char *text, size_t max)
{
	size_t len = strlen(text);

	printf("  %s: %.*s%s%s", what, (int)max, text, len > max ? "..." : "",
	       len && len <= max && text[len - 1] == '\n' ? "" : "\n");
}

static void report(const struct torture *t, const struct fault *fault, const struct run *r,
		   const char *why)
{
	size_t max = t->only ? 100000 : 600;

	printf("finding: %s: %s (status %d%s)\n", fault_name(fault), why,
	       WIFSIGNALED(r->status) ? WTERMSIG(r->status) : WEXITSTATUS(r->status),
	       WIFSIGNALED(r->status) ? ", a signal" : "");
	show("stdout", r->out, max);
	show("stderr", r->err, max * 4);
	if (t->job.peer)
		show("peer", r->peer_err, max);
	fflush(stdout);
}

/* One run with FAULT: whether it came to that. */
static bool try_fault(struct torture *t, const struct fault *fault)
{
	struct run r;
	const char *why;
	bool reached;

	if (torture_run(&t->job, fault, &r) < 0)
		abort();
	mask_ports(r.out, &r.out_len);
	reached = r.reached >= fault->n;
	if (reached || t->only) {
		t->runs++;
		*(fault->call ? &t->faults : &t->allocations) += 1;
		why = judge(t, &r, fault);
		t->findings += why != NULL;
		if (why || t->only)
			report(t, fault, &r, why ? why : "as it should be");
	}
	torture_free(&r);
	return reached;
}

/* The faults of one kind, from the first to the last that there is */
static void try_each(struct torture *t, struct fault fault)
{
	bool more = true;

	for (fault.n = 1; more; fault.n++) {
		if (t->seen++ % t->stride == t->first)
			more = try_fault(t, &fault);
		else if (fault.call)
			more = fault.n < t->base.counts[fault.call - calls];
		else
			more = fault.n < t->base.reached;
	}
}

/* The number of the error that the LEN bytes at NAME name */
static int code_of(const char *name, size_t len)
{
	for (int code = 1; code < 256; code++) {
		const char *known = err_code_name(code);

		if (known && strlen(known) == len && memcmp(known, name, len) == 0)
			return code;
	}
	fprintf(stderr, "torture: no error is named %.*s\n", (int)len, name);
	exit(99);
}

/* Fills FAULT from "EIO", "EIO~", "EIO+" or "short": the end of that word. */
static const char *parse_fault(const char *s, struct fault *fault)
{
	size_t len = strcspn(s, "~+ :"), name = len;

	fault->how = INSTEAD;
	fault->lasting = false;
	if (s[len] == '~')
		fault->how = AFTER;
	if (s[len] == '+')
		fault->lasting = true;
	len += s[len] == '~' || s[len] == '+';
	if (strncmp(s, "short", 5) == 0)
		fault->how = SHORT;
	else
		fault->code = code_of(s, name);
	return s + len;
}

static void try_call(struct torture *t, const struct call *call)
{
	struct fault fault = { .call = call };

	for (const char *s = call->faults; *s; s += strspn(s, " ")) {
		s = parse_fault(s, &fault);
		if (fault.lasting) {
			try_each(t, fault);
			fault.lasting = false;
		}
		try_each(t, fault);
	}
}

static void try_one(struct torture *t)
{
	struct fault fault = { 0 };
	size_t len = strcspn(t->only, ":");
	const char *s = t->only + len + (t->only[len] == ':');

	for (size_t i = 0; i < calls_count; i++)
		if (strncmp(calls[i].name, t->only, len) == 0 && !calls[i].name[len])
			fault.call = &calls[i];
	if (fault.call) {
		s = parse_fault(s, &fault);
		s += *s == ':';
	}
	fault.n = (unsigned)strtoul(s, NULL, 10);
	try_fault(t, &fault);
}

static bool undisturbed(struct torture *t, struct run *r)
{
	struct fault none = { 0 };

	if (torture_run(&t->job, &none, r) < 0) {
		printf("SKIP: a process cannot be traced here: %s\n", strerror(errno));
		exit(77);
	}
	mask_ports(r->out, &r->out_len);
	t->base.status = r->status;
	if (!r->hung && !r->left_behind && r->reached && !strstr(r->err, "Sanitizer") &&
	    (t->job.peer ? r->asked && r->peer_status == 0 : !WIFSIGNALED(r->status)))
		return true;
	report(t, &none, r, "does not work undisturbed");
	return false;
}

static int torture(struct torture *t)
{
	struct run again;

	if (!undisturbed(t, &t->base) || !undisturbed(t, &again))
		return 1;
	if (!t->job.peer && (!same_output(&t->base, &again) || t->base.status != again.status)) {
		printf("finding: two undisturbed runs differ\n");
		show("one", t->base.out, 1000);
		show("other", again.out, 1000);
		return 1;
	}
	torture_free(&again);
	if (t->base.err_len && count_lines(t->base.err) + 1 > t->lines)
		t->lines = count_lines(t->base.err) + 1;
	if (t->only) {
		try_one(t);
	} else {
		try_each(t, (struct fault){ 0 });
		for (size_t i = 0; i < calls_count; i++)
			if (t->base.counts[i])
				try_call(t, &calls[i]);
	}
	torture_free(&t->base);
	printf("%u runs, %u allocations, %u calls, %u findings\n", t->runs, t->allocations,
	       t->faults, t->findings);
	return t->findings > 0;
}

int main(int argc, char **argv)
{
	struct torture t = { .stride = 1, .lines = 1, .job.patience = 60 };

	for (int o; (o = getopt(argc, argv, "+i:p:s:f:a:l:Lt:1:")) != -1;) {
		switch (o) {
		case 'i':
			t.job.input = optarg;
			break;
		case 'p':
			t.job.peer = optarg;
			break;
		case 's':
			t.stride = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			t.first = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'a':
			t.allowed = optarg;
			break;
		case 'l':
			t.lines = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'L':
			t.libc_lies = true;
			break;
		case 't':
			t.job.patience = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case '1':
			t.only = optarg;
			break;
		default:
			return 99;
		}
	}
	if (optind == argc || t.stride == 0)
		return 99;
	if (!torture_registers_known()) {
		printf("SKIP: the registers of this machine are not known\n");
		return 77;
	}
	t.first %= t.stride;
	t.job.argv = argv + optind;
	return torture(&t);
}
