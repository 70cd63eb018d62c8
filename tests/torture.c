/* SPDX-License-Identifier: MIT */
/*
 * torture.c - a command line, again and again, with something else going wrong each time
 *
 *	torture [OPTION]... -- PROGRAM [ARG]...
 *
 *	-i FILE       its standard input
 *	-p COMMAND    it is a server: the shell does COMMAND with $ready, its address, and then it
 *	              gets SIGTERM; COMMAND shall succeed
 *	-s N          only each Nth fault, -f I: from the Ith on
 *	-a STATUSES   what it may exit with besides 3 when a fault has come: -a12
 *	-l N          lines on standard error that may then be, instead of 1
 *	-e            its output is an explanation: it may be another one then, on standard output
 *	-n            what it could not look at is left out of its output, and a note on
 *	              standard error tells so: the status may stay then
 *	-r            its records tell what failed: no line on standard error is wanted
 *	-t SECONDS    longer than this is a hang (60)
 *	-1 FAULT      only this one, CALL:ERROR:N, CALL:short:N or malloc:N, and what comes of it
 *
 * First PROGRAM runs undisturbed.  Then each allocation fails in turn, the first, the second, ...
 * until there is none any more, and each system call of tests/torture_calls.def in each of the ways
 * that it has there.  A run is as it should be if it ends in time, by itself and with all its
 * children, without a report of a sanitizer, and with what the first run printed and its status, or
 * with another status and a line that says why.  A fault below one of libc's look-ups, as
 * getaddrinfo(3), may also lead to another answer, since libc goes on to the next source, and no
 * memory there to a crash, a leak or a lock that stays taken, since libc has such.
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
	const char *allowed, *only;
	bool explains, notes, records;
	unsigned runs, allocations, faults, lookups, findings;
};

/* How many bytes at S vary from run to run: the port behind "127.0.0.1:", the number of a time */
static size_t varies(const char *s, const char *begin)
{
	static const char *const before[] = { "127.0.0.1:", "[::1]:", "_s\":" };
	static const char *const after[] = { " ms", " us", " s", " ns" };
	size_t n = strspn(s, "0123456789.e-");

	if (n == 0)
		return 0;
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t len = strlen(before[i]);

		if ((size_t)(s - begin) >= len && memcmp(s - len, before[i], len) == 0)
			return n;
	}
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
		if (strncmp(s + n, after[i], strlen(after[i])) == 0)
			return n;
	return 0;
}

/* A copy of TEXT, which has LEN bytes, in its place: without what varies */
static void mask(char **text, size_t *len)
{
	char *to = malloc(*len + 1);
	const char *s = *text, *end = s + *len;
	size_t n = 0;

	if (!to)
		abort();
	while (s < end) {
		s += varies(s, *text);
		if (s < end)
			to[n++] = *s++;
	}
	to[n] = '\0';
	free(*text);
	*text = to;
	*len = n;
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

static const char LATE_END[] = "hangs", LATE_CHILD[] = "leaves a process behind",
		  LATE_PEER[] = "no longer serves";

/* What is wrong with the run of a server whose peer has ended, or NULL */
static const char *judge_server(const struct run *r, const struct fault *fault)
{
	if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == 3 && r->err_len)
		return NULL; /* it fell at the end */
	if (!WIFSIGNALED(r->status) || WTERMSIG(r->status) != SIGTERM)
		return "was told to end, and ended otherwise";
	return r->peer_status == 0 || fault->lasting ? NULL : LATE_PEER;
}

/* What is wrong with how a run says that something failed, or NULL */
static const char *judge_words(const struct torture *t, const struct run *r,
			       const struct fault *fault)
{
	if (t->records && r->out_len > 0 && !same_output(r, &t->base))
		return NULL;
	if (r->err_len == 0)
		return "fails without a word";
	if (r->err[r->err_len - 1] != '\n' ||
	    count_lines(r->err) > (fault->lasting ? 10 * t->lines : t->lines))
		return "fails with more than a line";
	return NULL;
}

/* What is left out is told, or the fault is an answer: the peer has gone. */
static bool notes_more(const struct torture *t, const struct run *r, const struct fault *fault)
{
	return t->notes && (fault->code == ENOTCONN || r->err_len > t->base.err_len);
}

/* What is wrong with the status and the output of a command's run, or NULL */
static const char *judge_answer(const struct torture *t, const struct run *r,
				const struct fault *fault)
{
	int status = WEXITSTATUS(r->status);

	if (WIFSIGNALED(r->status) || (status > 125 && !t->explains))
		return !fault->call && r->in_lookup ? NULL : "crashes";
	if (t->explains && status != 2 && r->out_len + r->err_len > 0)
		return NULL;
	if (r->status == t->base.status)
		return r->in_lookup || same_output(r, &t->base) || notes_more(t, r, fault) ?
			       NULL :
			       "prints something else";
	if (!is_allowed(t->allowed, status) && !(r->in_lookup && status < 2))
		return "a status that it shall not have";
	return judge_words(t, r, fault);
}

/* What is wrong with a run, or NULL */
static const char *judge(const struct torture *t, const struct run *r, const struct fault *fault)
{
	if (r->hung)
		return !fault->call && r->in_lookup ? NULL : LATE_END;
	if (r->left_behind)
		return LATE_CHILD;
	if (r->in_lookup && strstr(r->err, "LeakSanitizer"))
		return NULL; /* libc's */
	if (!fault->call && strstr(r->err, "Sanitizer: CHECK failed: sanitizer_"))
		return NULL; /* its own memory for a thread */
	if (strstr(r->err, "Sanitizer") || strstr(r->err, "runtime error:"))
		return "a sanitizer's report";
	return t->job.peer && r->asked ? judge_server(r, fault) : judge_answer(t, r, fault);
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

	printf("finding: %s%s: %s (status %d%s)\n", fault_name(fault),
	       r->in_lookup ? " in a look-up" : "", why,
	       WIFSIGNALED(r->status) ? WTERMSIG(r->status) : WEXITSTATUS(r->status),
	       WIFSIGNALED(r->status) ? ", a signal" : "");
	show("stdout", r->out, max);
	show("stderr", r->err, max * 4);
	if (t->job.peer)
		show("peer", r->peer_err, max);
	fflush(stdout);
}

/* What a machine that stands still for seconds may cause too */
static bool is_late(const char *why)
{
	return why == LATE_PEER || why == LATE_END || why == LATE_CHILD;
}

/* One run with FAULT: whether it came to that. */
static bool try_fault(struct torture *t, const struct fault *fault)
{
	struct run r = { 0 };
	const char *why = NULL;
	bool reached;

	for (int i = 0; i == 0 || (i < 3 && is_late(why)); i++) {
		torture_free(&r);
		if (torture_run(&t->job, fault, &r) < 0)
			abort();
		mask(&r.out, &r.out_len);
		why = judge(t, &r, fault);
	}
	reached = r.reached >= fault->n;
	if (reached || t->only) {
		t->runs++;
		*(fault->call ? &t->faults : &t->allocations) += 1;
		t->lookups += r.in_lookup;
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
	mask(&r->out, &r->out_len);
	t->base.status = r->status;
	if (!r->hung && !r->left_behind && r->reached && !strstr(r->err, "Sanitizer") &&
	    (t->job.peer ? r->asked && r->peer_status == 0 : !WIFSIGNALED(r->status)))
		return true;
	report(t, &none, r, "does not work undisturbed");
	return false;
}

/* Two undisturbed runs do the same, at the third time at the latest: the first is t->base. */
static bool is_steady(struct torture *t)
{
	struct run again = { 0 };
	bool same = false;

	for (int i = 0; i < 3 && !same; i++) {
		torture_free(&t->base);
		torture_free(&again);
		same = undisturbed(t, &t->base) && undisturbed(t, &again) &&
		       (t->job.peer ||
			(same_output(&t->base, &again) && t->base.status == again.status));
	}
	if (!same && t->base.out && again.out) {
		printf("finding: two undisturbed runs differ\n");
		show("one", t->base.out, 1000);
		show("other", again.out, 1000);
	}
	torture_free(&again);
	return same;
}

static void torture(struct torture *t)
{
	if (t->base.err_len && count_lines(t->base.err) + 1 > t->lines)
		t->lines = count_lines(t->base.err) + 1;
	if (t->only) {
		try_one(t);
		return;
	}
	try_each(t, (struct fault){ 0 });
	for (size_t i = 0; i < calls_count; i++)
		if (t->base.counts[i])
			try_call(t, &calls[i]);
}

int main(int argc, char **argv)
{
	struct torture t = { .stride = 1, .lines = 1, .job.patience = 60 };

	for (int o; (o = getopt(argc, argv, "+i:p:s:f:a:l:enrt:1:")) != -1;) {
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
		case 'e':
			t.explains = true;
			break;
		case 'n':
			t.notes = true;
			break;
		case 'r':
			t.records = true;
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
	if (is_steady(&t))
		torture(&t);
	else
		t.findings++;
	torture_free(&t.base);
	printf("%u runs, %u allocations, %u calls, %u of them in look-ups, %u findings\n", t.runs,
	       t.allocations, t.faults, t.lookups, t.findings);
	return t.findings > 0;
}
