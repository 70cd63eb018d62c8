/* SPDX-License-Identifier: MIT */
/* echo_server_serve.c - netipc echo-server at work: listeners, threads, signals, the end */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/compat.h"
#include "base/str.h"
#include "cmd/echo_server_impl.h"
#include "cmd/metrics.h"
#include "echo/sandbox.h"

enum {
	METRICS_S = 1, /* between two writes of the file */
};

static volatile sig_atomic_t counters_wanted;

static void on_usr1(int sig UNUSED)
{
	counters_wanted = 1;
	cli_signal_wake();
}

/* It only ends a wait. */
static void on_usr2(int sig UNUSED)
{
	cli_signal_wake();
}

/*
 * Those for the process come to the first thread alone, SIGUSR2 from one thread to another.  The
 * first does not change its mask at each wait, which a round trip would feel: it is told by a
 * descriptor.  The others, and a server that forks, take signals only while they wait.
 */
static int take_signals(struct service *v, struct err *err)
{
	static const int ours[] = { SIGUSR1, SIGUSR2 };
	bool forks = v->opt->model == MODEL_FORK;
	sigset_t set;

	if (forks)
		v->mask = *cli_hold_signals();
	else
		pthread_sigmask(SIG_SETMASK, NULL, &v->mask);
	if (!forks && (v->signal_fd = cli_signal_fd(err)) < 0)
		return -1;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		struct sigaction act = { .sa_handler = i == 0 ? on_usr1 : on_usr2 };

		act.sa_flags = SA_RESTART;
		sigemptyset(&act.sa_mask);
		sigaction(ours[i], &act, NULL);
		sigaddset(&set, ours[i]);
		sigdelset(&v->mask, ours[i]);
	}
	pthread_sigmask(forks ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
	sigfillset(&v->quiet_mask);
	sigdelset(&v->quiet_mask, SIGUSR2);
	signal(SIGHUP, SIG_IGN);
	return 0;
}

/* Ends the wait of the threads but the first. */
static void wake_others(struct service *v)
{
	pthread_mutex_lock(&v->lock);
	for (unsigned i = 1; i < v->nparts; i++)
		if (v->parts[i].running)
			pthread_kill(v->parts[i].thread, SIGUSR2);
	pthread_mutex_unlock(&v->lock);
}

/* The counters of all, once the others have given theirs. */
static void sum(struct service *v, struct echo_counters *all)
{
	memset(all, 0, sizeof(*all));
	echo_counters_add(all, echo_server_counters(v->parts[0].server));
	pthread_mutex_lock(&v->lock);
	for (unsigned i = 1; i < v->nparts; i++)
		echo_counters_add(all, &v->parts[i].counters);
	pthread_mutex_unlock(&v->lock);
}

/* Prints and writes what was asked for. */
static void tell(struct service *v)
{
	struct echo_counters all;
	struct err err;

	sum(v, &all);
	if (v->want_line)
		echo_server_count(v, &all, true);
	if (v->want_metrics) {
		bool failed = echo_server_metrics(v, &all, &err) < 0;

		if (failed && !v->metrics_failed)
			cli_note(v->cli, "%s; --metrics is tried again each second", err.text);
		v->metrics_failed = failed;
	}
	v->want_line = v->want_metrics = false;
}

/* Asks the others for their counters; the last one that answers wakes the first. */
static void ask(struct service *v)
{
	unsigned n = 0;

	if (atomic_load(&v->missing) == 0) {
		pthread_mutex_lock(&v->lock);
		for (unsigned i = 1; i < v->nparts; i++)
			n += v->parts[i].running;
		atomic_store(&v->missing, n);
		atomic_fetch_add(&v->asked, 1);
		pthread_mutex_unlock(&v->lock);
		wake_others(v);
	}
	if (atomic_load(&v->missing) == 0)
		tell(v);
}

/* Asked by one of the others before each wait. */
static bool other_stops(void *ctx)
{
	struct part *p = ctx;
	struct service *v = p->service;

	if (atomic_load(&v->asked) != p->asked) {
		pthread_mutex_lock(&v->lock);
		p->asked = atomic_load(&v->asked);
		p->counters = *echo_server_counters(p->server);
		if (atomic_fetch_sub(&v->missing, 1) == 1)
			pthread_kill(v->first, SIGUSR2);
		pthread_mutex_unlock(&v->lock);
	}
	return atomic_load(&v->ending);
}

/* Asked by the first. */
static bool first_stops(void *ctx)
{
	struct service *v = ((struct part *)ctx)->service;
	struct err err;

	if (counters_wanted) {
		counters_wanted = 0;
		v->want_line = true;
		ask(v);
	} else if ((v->want_line || v->want_metrics) && atomic_load(&v->missing) == 0) {
		tell(v);
	}
	if (!cli_interrupted() && !atomic_load(&v->failed))
		return false;
	if (!v->stopping) {
		v->stopping = true;
		if (activate_notify(v->notify, "STOPPING=1", &err) < 0)
			cli_note(v->cli, "%s", err.text);
		atomic_store(&v->ending, true);
		wake_others(v);
	}
	return true;
}

/* Each second or so of the first. */
static void on_turn(void *ctx)
{
	struct service *v = ((struct part *)ctx)->service;
	uint64_t now = clock_now_ns();

	if (v->opt->metrics)
		v->want_metrics = true;
	if (v->opt->stats_ns && now >= v->next_line_ns) {
		v->want_line = true;
		v->next_line_ns += v->opt->stats_ns;
		if (v->next_line_ns < now)
			v->next_line_ns = now + v->opt->stats_ns;
	}
	if (v->want_line || v->want_metrics)
		ask(v);
}

static void on_event(void *ctx, const struct echo_event *e)
{
	echo_server_event(((struct part *)ctx)->service, e);
}

static int prepare(void *ctx, int fd, bool listener, struct err *err)
{
	struct service *v = ((struct part *)ctx)->service;

	if (listener)
		return sockset_apply(&v->sockset, fd, err);
	sockset_repeat(&v->sockset, fd);
	return 0;
}

/* The share of part I in the connections that may be open. */
static unsigned share(const struct service *v, unsigned i)
{
	unsigned all = v->opt->max_connections;

	return all / v->nparts + (i < all % v->nparts);
}

static void configure(struct service *v, unsigned i)
{
	const struct echo_server_options *opt = v->opt;
	struct part *p = &v->parts[i];
	uint64_t metrics_ns = opt->metrics ? METRICS_S * CLOCK_S : UINT64_MAX;

	p->service = v;
	p->config = (struct echo_server_config){
		.backlog = opt->backlog,
		.v6only = opt->only6 && !opt->only4,
		.reuse_port = v->nparts > 1,
		.max_connections = share(v, i),
		.idle_ns = opt->idle_ns,
		.max_rate = opt->max_rate,
		.max_answers = opt->max_answers,
		.any_source = opt->any_source,
		.spin_ns = opt->busy_poll_ns,
		.fault = v->fault,
		.drain_ns = opt->drain_ns,
		.mask = i > 0                    ? &v->quiet_mask :
			opt->model == MODEL_FORK ? &v->mask :
						   NULL,
		.signal_fd = i == 0 ? v->signal_fd : 0,
		.stop = i == 0 ? first_stops : other_stops,
		.prepare = v->sockset.n ? prepare : NULL,
		.event = on_event,
		.ctx = p,
	};
	p->config.fault.seed += i;
	if (opt->max_answers == ECHO_UNSET) {
		p->config.max_answers = ECHO_ANSWERS;
		p->config.free_loopback = true;
	}
	if (i == 0 && (opt->metrics || opt->stats_ns)) {
		p->config.turn = on_turn;
		p->config.turn_ns =
			opt->stats_ns && opt->stats_ns < metrics_ns ? opt->stats_ns : metrics_ns;
	}
}

/* Sockets that whoever started us has opened. */
static int adopt(struct service *v, struct err *err)
{
	int n = activate_count(getenv("LISTEN_PID"), getenv("LISTEN_FDS"), err);

	for (int i = 0; i < n; i++) {
		struct activate_socket s;

		if (activate_take(&s, ACTIVATE_FIRST + i, err) < 0 ||
		    sockset_apply(&v->sockset, s.fd, err) < 0 ||
		    echo_server_adopt(v->parts[0].server, &s, err) < 0)
			return -1;
	}
	if (n == 0 && v->wanted.n == 0) {
		v->cli->misused = true;
		return err_set(err, ERR_USAGE, "an operand is missing: %s", v->cli->cmd->operands);
	}
	return n < 0 ? -1 : 0;
}

/* The others listen where the first does, but for UNIX sockets, which cannot be shared so. */
static int share_addresses(struct service *v, struct err *err)
{
	const struct echo_server *first = v->parts[0].server;

	for (unsigned i = 1; i < v->nparts; i++) {
		const struct sa *sa;

		for (size_t j = 0; (sa = echo_server_address(first, j)); j++)
			if (sa->u.sa.sa_family != AF_UNIX &&
			    echo_server_listen(v->parts[i].server, echo_server_type(first, j), sa,
					       1, err) < 0)
				return -1;
	}
	return 0;
}

/* A baseline that is compared with does what it did, and no more. */
static int check_model(const struct service *v, struct err *err)
{
	const struct echo_server *s = v->parts[0].server;

	if (v->opt->model != MODEL_FORK)
		return 0;
	if (echo_server_address(s, 1) || echo_server_type(s, 0) != SOCK_STREAM)
		return err_set(err, ERR_USAGE, "--model=fork serves one address, of a stream");
	return 0;
}

static int listen_all(struct service *v, struct err *err)
{
	const struct echo_server *first;

	for (unsigned i = 0; i < v->nparts; i++) {
		configure(v, i);
		v->parts[i].server = echo_server_new(&v->parts[i].config, err);
		if (!v->parts[i].server)
			return -1;
	}
	first = v->parts[0].server;
	for (size_t i = 0; i < v->wanted.n; i++) {
		const struct wanted *w = &v->wanted.v[i];

		if (echo_server_listen(v->parts[0].server, w->type, w->targets.v, w->targets.n,
				       err) < 0)
			return -1;
	}
	if (share_addresses(v, err) < 0 || adopt(v, err) < 0 ||
	    sockset_untaken(&v->sockset, err) < 0)
		return -1;
	for (size_t i = 0; echo_server_address(first, i); i++) {
		bool dgram = echo_server_type(first, i) == SOCK_DGRAM;

		v->datagrams |= dgram;
		v->streams |= !dgram;
	}
	return check_model(v, err);
}

static void add_folder(struct opt_strs *folders, struct arena *memory, const char *path)
{
	char *folder = metrics_folder(path);

	*vec_push(folders) = arena_copy(memory, folder, strlen(folder));
	free(folder);
}

/* Gives up what is not needed any more. */
static int confine(struct service *v, struct err *err)
{
	const struct echo_server_options *opt = v->opt;
	struct opt_strs folders = { 0 };
	struct arena memory = { 0 };
	struct sandbox box;
	int rc;

	if (opt->user && sandbox_become(opt->user, err) < 0)
		return -1;
	if (opt->no_sandbox || opt->model == MODEL_FORK)
		return 0;
	if (opt->metrics)
		add_folder(&folders, &memory, opt->metrics);
	for (size_t i = 0; i < opt->paths.n; i++) {
		const char *path = opt->paths.v[i];

		path += str_starts(path, "unix:") ? strlen("unix:") : 0;
		if (*path != '@')
			add_folder(&folders, &memory, path);
	}
	rc = sandbox_enter(&box, folders.v, folders.n, err);
	if (rc == 0 && !opt->quiet && !box.instrumented &&
	    !(box.no_new_privs && box.landlock && box.seccomp))
		cli_note(v->cli, "sandbox: without%s%s%s, which this system does not have",
			 box.no_new_privs ? "" : " no_new_privs", box.landlock ? "" : " landlock",
			 box.seccomp ? "" : " seccomp");
	arena_fini(&memory);
	vec_fini(&folders);
	return rc;
}

/* Listens, and gives up what is not needed for more. */
static int begin(struct service *v, struct err *err)
{
	struct echo_counters none = { 0 };

	if (listen_all(v, err) < 0)
		return -1;
	if (v->nparts > 1 && !(v->workers = workers_new(v->nparts - 1, err)))
		return -1;
	if (confine(v, err) < 0)
		return -1;
	return v->opt->metrics ? echo_server_metrics(v, &none, err) : 0;
}

/* One of the others, from its begin to its end. */
static void run_other(struct workers_job *job)
{
	struct part *p = (struct part *)job;
	struct service *v = p->service;

	pthread_mutex_lock(&v->lock);
	p->thread = pthread_self();
	p->asked = atomic_load(&v->asked);
	p->running = true;
	pthread_mutex_unlock(&v->lock);
	p->rc = echo_server_run(p->server, &p->err);
	pthread_mutex_lock(&v->lock);
	p->running = false;
	p->counters = *echo_server_counters(p->server);
	if (p->asked != atomic_load(&v->asked))
		atomic_fetch_sub(&v->missing, 1);
	if (p->rc < 0)
		atomic_store(&v->failed, true);
	pthread_kill(v->first, SIGUSR2);
	pthread_mutex_unlock(&v->lock);
}

/* All of them: a socket without a thread would take connections that nobody serves. */
static int start_others(struct service *v, struct err *err)
{
	v->first = pthread_self();
	if (v->workers && workers_start(v->workers, err) < 0)
		return -1;
	for (unsigned i = 1; i < v->nparts; i++) {
		v->parts[i].job.run = run_other;
		if (workers_add(v->workers, &v->parts[i].job, err) < 0)
			return -1;
	}
	return 0;
}

/* Starts the threads, then says that it is ready; they print nothing before that. */
static int start(struct service *v, struct err *err)
{
	int rc;

	pthread_mutex_lock(&v->lock);
	rc = start_others(v, err);
	for (size_t i = 0; rc == 0 && echo_server_address(v->parts[0].server, i); i++)
		rc = echo_server_ready(v, i, err);
	pthread_mutex_unlock(&v->lock);
	return rc < 0 ? -1 : activate_notify(v->notify, "READY=1", err);
}

/* Waits for the end of the others, during which a second signal ends the process. */
static int end_others(struct service *v, int rc, struct err *err)
{
	struct pollfd io;

	atomic_store(&v->ending, true);
	wake_others(v);
	io = (struct pollfd){ .fd = v->workers ? workers_fd(v->workers) : -1, .events = POLLIN };
	while (v->workers && workers_busy(v->workers)) {
		const struct workers_job *job;

		compat_ppoll(&io, 1, -1, &v->mask);
		while ((job = workers_done(v->workers))) {
			const struct part *p = (const struct part *)job;

			if (p->rc < 0 && rc == 0) {
				*err = p->err;
				rc = -1;
			}
		}
	}
	return rc;
}

static int run(struct service *v, struct err *err)
{
	if (v->opt->model == MODEL_FORK)
		return echo_server_run_fork(v->parts[0].server, err);
	v->next_line_ns = clock_now_ns() + v->opt->stats_ns;
	return echo_server_run(v->parts[0].server, err);
}

/* What it did, as the last thing. */
static int conclude(struct service *v, int rc, struct err *err)
{
	struct echo_counters all;
	struct err ignored;

	sum(v, &all);
	if (!v->opt->quiet)
		echo_server_count(v, &all, false);
	if (v->opt->metrics && echo_server_metrics(v, &all, rc < 0 ? &ignored : err) < 0)
		return -1;
	return rc;
}

int echo_server_serve(struct service *v)
{
	struct err *err = &v->cli->err;
	bool started;
	int rc;

	pthread_mutex_init(&v->lock, NULL);
	v->notify = getenv("NOTIFY_SOCKET");
	v->nparts = v->opt->threads;
	v->parts = xcalloc(v->nparts, sizeof(*v->parts));
	rc = take_signals(v, err);
	started = rc == 0 && begin(v, err) == 0 && start(v, err) == 0;
	rc = started ? run(v, err) : -1;
	rc = end_others(v, rc, err);
	if (started)
		rc = conclude(v, rc, err);
	if (v->workers)
		workers_free(v->workers);
	for (unsigned i = 0; i < v->nparts; i++)
		echo_server_free(v->parts[i].server);
	free(v->parts);
	pthread_mutex_destroy(&v->lock);
	return rc;
}
