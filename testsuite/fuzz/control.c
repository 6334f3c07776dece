/* SPDX-License-Identifier: MIT */
/*
 * control.c - requests to init in pieces of any size, and that what it answers
 * is a whole answer to its own client. Lines before an empty line are what an
 * entry has said of itself (sd_notify).
 *
 * product: applets/init/control.c applets/init/reply.c applets/init/service.c
 * product: applets/init/request.c applets/init/inittab.c applets/init/entry.c
 * product: applets/init/command.c applets/init/order.c libbb-lite/guard.c
 */
#include "fuzz.h"
#include "init.h"
#include <unistd.h>

#define CLIENT_FD 100000 /* nobody's */
#define TURNS_MAX 5000

static struct life life;
static const uint8_t *input, *input_end;
static size_t answer_at; /* what the client has read */
static bool saved_up;	 /* an answer comes when the state has changed */

/* ---- in place of launch.c, life.c and reread.c ------------------------ */

void launch_step(struct life *l, struct service *s, enum service_event event)
{
	enum service_action action = service_step(s, event, 1000);

	l->changed = true;
	if (action == SERVICE_DO_SPAWN) {
		s->pid = s->session = 4711;
		if (!saved_up)
			launch_step(l, s, SERVICE_EV_STARTED);
	} else if (action == SERVICE_DO_TELL && !saved_up) {
		s->pid = 0;
		s->ran = true;
		s->status = SIGTERM;
		launch_step(l, s, SERVICE_EV_ENDED);
	}
}

void life_stop(struct life *l, bool requested, enum ending ending)
{
	HOLDS(requested && ending < END_RESTART);
	l->phase = PHASE_SHUTDOWN;
}

const struct inittab *life_table(const struct life *l)
{
	return &l->tables[l->current];
}

const char *reread_begin(struct life *l)
{
	return l->phase == PHASE_RUN ? NULL : "not now";
}

bool reread_done(const struct life *l)
{
	return l->phase == PHASE_RUN;
}

/* ---- the socket ------------------------------------------------------- */

/* Pieces end behind each \001, which is not part of them. */
ssize_t fuzz_recv(int fd, void *buffer, size_t size, int flags)
{
	const uint8_t *end = memchr(input, 1, (size_t)(input_end - input));
	size_t length = (size_t)((end ? end : input_end) - input);

	(void)flags;
	HOLDS(fd == CLIENT_FD);
	if (size == 0) /* a full request that waits, and more behind it */
		return 0;
	if (length > size) {
		length = size;
		end = NULL;
	}
	memcpy(buffer, input, length);
	input += length + (end != NULL);
	errno = EAGAIN;
	return length == 0 && input < input_end ? -1 : (ssize_t)length;
}

ssize_t fuzz_send(int fd, const void *data, size_t size, int flags)
{
	size_t part = size > 100 ? 100 : size; /* so that some waits */

	(void)flags;
	HOLDS(fd == CLIENT_FD && size > 0);
	write_all(fd, data, part);
	return (ssize_t)part;
}

static ssize_t read_answer(int fd, void *byte, size_t size)
{
	HOLDS(fd == CLIENT_FD && size == 1);
	if (answer_at == fuzz_out_length)
		return 0;
	*(char *)byte = fuzz_out[answer_at++];
	return 1;
}

/* ---- the client ------------------------------------------------------- */

static int printed(int fd, const char *data, size_t length)
{
	HOLDS(fd == STDOUT_FILENO && fuzz_is_text(data, length, true));
	return 0;
}
#define read	  read_answer
#define write_all printed
#include "../../applets/init/client.c"

static const char lines[] = ":name=web,after=db,notify-socket:respawn:w\n"
			    ":name=db:respawn:d\n"
			    ":name=job:once:j\n"
			    ":name=tidy:shutdown:t\n";

static void begin(void)
{
	static char text[sizeof(lines)];

	memcpy(text, lines, sizeof(lines));
	life.tables[0].count = life.tables[0].edge_count = 0;
	inittab_parse(&life.tables[0], text, sizeof(lines) - 1, "f", 1);
	inittab_finish(&life.tables[0]);
	life.services.count = life.tables[0].count;
	for (unsigned i = 0; i < life.services.count; i++)
		service_init(&life.services.item[i], &life.tables[0].entries[i],
			1000);
	life.phase = PHASE_RUN;
	fuzz_out_length = answer_at = 0;
	life.control.clients[0] =
		(struct client){ .fd = CLIENT_FD, .until_ms = DURATION_INF };
	for (unsigned i = 1; i < CLIENTS_MAX; i++)
		life.control.clients[i].fd = -1;
	life.control.clients[0].out =
		(struct text)TEXT_ON(life.control.clients[0].buffer);
	life.control.fd = -1;
	life.control.count = 1;
}

/* Let init do all it wants to; the client never goes away. */
static void serve(void)
{
	for (unsigned turn = 0; life.control.count > 0; turn++) {
		HOLDS(turn < TURNS_MAX);
		control_deadline(&life);
		if (control_watch(&life, 0) == 0)
			break;
		if (life.watches[0].item == NULL)
			break;
		life.watches[0].ready(&life, life.watches[0].item);
		if (saved_up && life.control.count > 0) {
			life.phase = PHASE_ENDING;
			for (unsigned i = 0; i < life.services.count; i++)
				launch_step(&life, &life.services.item[i],
					SERVICE_EV_ENDED);
		}
		control_update(&life);
	}
}

/* One answer and nothing behind it, as long as it was not cut off. */
static void check_answer(const struct speaker *who)
{
	int status;

	HOLDS(fuzz_is_text(fuzz_out, fuzz_out_length, true));
	status = take_answer(who, CLIENT_FD);
	HOLDS(fuzz_out_length == 0 || (status >= 0 && status <= 125));
	HOLDS(answer_at == fuzz_out_length);
	HOLDS(life.control.clients[0].out.used + 1 <
		sizeof(life.control.clients[0].buffer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct speaker who = { .name = "init", .verbosity = 2 };
	const struct life_plan plan = { .who = &who };
	char said[49];
	struct text text = TEXT_ON(life.services.item[0].said);
	size_t length = 0;

	if (size == 0)
		return 0;
	life.plan = &plan;
	begin();
	saved_up = data[0] & 1;
	life.services.item[0].ready = data[0] & 2;
	input = data + 1;
	input_end = data + size;
	while (length < 48 && input < input_end && *input != '\n')
		said[length++] = (char)*input++;
	input += input < input_end;
	said[length] = '\0';
	text_escaped(&text, said);
	serve();
	check_answer(&who);
	return 0;
}
