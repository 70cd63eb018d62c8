/* SPDX-License-Identifier: MIT */
/* echo_client_console.c - the commands behind ^] on a terminal */
#include <ctype.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "echo/client.h"

enum {
	ESCAPE = 0x1d, /* ^] */
};

static void do_help(struct echo_session *s, struct client *client, const char *arg);
static void do_shut(struct echo_session *s, struct client *client, const char *arg);
static void do_status(struct echo_session *s, struct client *client, const char *arg);
static void do_oob(struct echo_session *s, struct client *client, const char *arg);
static void do_quit(struct echo_session *s, struct client *client, const char *arg);

/* A word may be cut as long as it is another's beginning too. */
static const struct word {
	const char *name, *what;
	void (*run)(struct echo_session *s, struct client *client, const char *arg);
} words[] = {
	{ "half-close", "send nothing more, receive the rest", do_shut },
	{ "status", "show both addresses, counts, and what TCP measured", do_status },
	{ "oob", "send a byte as urgent data: oob !", do_oob },
	{ "quit", "end at once", do_quit },
	{ "help", "show this; ^] once more sends that byte", do_help },
};

static void do_help(struct echo_session *s, struct client *client UNUSED, const char *arg UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		fprintf(s->cli->errors, "%-10s  %s\n", words[i].name, words[i].what);
}

static void do_shut(struct echo_session *s UNUSED, struct client *client, const char *arg UNUSED)
{
	echo_console_shut(client);
}

static void do_quit(struct echo_session *s UNUSED, struct client *client, const char *arg UNUSED)
{
	echo_console_quit(client);
}

static void do_status(struct echo_session *s, struct client *client, const char *arg UNUSED)
{
	char local[SA_STRLEN], peer[SA_STRLEN];
	struct echo_result r;
	struct buf b = { 0 };

	echo_console_status(client, &r);
	buf_printf(&b, "local %s, peer %s, %llu bytes sent, %llu returned",
		   sa_format(&r.local, local), sa_format(&r.peer, peer), (unsigned long long)r.sent,
		   (unsigned long long)r.received);
	if (r.tcp.known) {
		buf_adds(&b, "; ");
		echo_client_put_tcp(&b, &r.tcp);
	}
	fprintf(s->cli->errors, "%.*s\n", (int)b.len, b.data);
	buf_fini(&b);
}

static void do_oob(struct echo_session *s, struct client *client, const char *arg)
{
	struct err err;

	if (strlen(arg) > 1)
		fprintf(s->cli->errors, "oob: one byte is urgent, not more\n");
	else if (s->opt->udp)
		fprintf(s->cli->errors, "oob: datagrams have no urgent data\n");
	else if (echo_console_urgent(client, *arg ? (unsigned char)*arg : '!', &err) < 0)
		fprintf(s->cli->errors, "oob: %s\n", err.text);
}

/* The word that TEXT, of N bytes, begins or is; NULL if there is none, or several. */
static const struct word *find_word(const char *text, size_t n)
{
	const struct word *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strncmp(words[i].name, text, n) != 0)
			continue;
		if (words[i].name[n] == '\0')
			return &words[i];
		if (found)
			return NULL;
		found = &words[i];
	}
	return found;
}

static void on_prompt(void *ctx)
{
	const struct echo_session *s = ctx;

	fputs("\nnetipc> ", s->cli->errors);
	fflush(s->cli->errors);
}

static void on_command(void *ctx, struct client *client, const char *line, size_t n)
{
	struct echo_session *s = ctx;
	char text[128], show[STR_SHOW];
	const struct word *word;
	char *arg;

	while (n && isspace((unsigned char)*line)) {
		line++;
		n--;
	}
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (n == 0)
		return;
	n = n < sizeof(text) ? n : sizeof(text) - 1;
	memcpy(text, line, n);
	text[n] = '\0';
	arg = text + strcspn(text, " \t");
	word = text[0] == '?' ? find_word("help", 4) : find_word(text, (size_t)(arg - text));
	if (*arg)
		*arg++ = '\0';
	if (word)
		word->run(s, client, arg + strspn(arg, " \t"));
	else
		fprintf(s->cli->errors, "\"%s\" is none of half-close, status, oob, quit, help\n",
			str_show(show, text));
	fflush(s->cli->errors);
}

void echo_client_console_open(struct echo_client_config *config, struct termios *before)
{
	struct termios t;

	config->escape = ESCAPE;
	config->prompt = on_prompt;
	config->command = on_command;
	/* A line ends with it too: it is read when it is typed. */
	if (tcgetattr(config->in, before) == 0) {
		t = *before;
		t.c_cc[VEOL] = ESCAPE;
		tcsetattr(config->in, TCSANOW, &t);
	}
}

void echo_client_console_close(const struct echo_client_config *config,
			       const struct termios *before)
{
	struct termios t;

	/* Whatever else was changed meanwhile remains. */
	if (tcgetattr(config->in, &t) == 0) {
		t.c_cc[VEOL] = before->c_cc[VEOL];
		tcsetattr(config->in, TCSANOW, &t);
	}
}
