#include "client.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t after_s(double seconds) { return clock_ns() + (uint64_t)(seconds * 1e9); }
static const double PATIENCE_S = 60;

static void begin(enum work work) {
  client.work = work;
  client.sent = client.answered = client.delivered = client.expected = 0;
  client.failed = client.refused = client.lost = client.moved = client.closed = 0;
  memset(&client.times, 0, sizeof client.times);
}

/* The answer to a command, in a line. */
static void tell(uint64_t began, uint64_t ended, double cpu) {
  client.work = REST;
  printf("{\"seconds\":%.6f,\"sent\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"delivered\":%" PRIu64 ",\"expected\":%" PRIu64
         ",\"failed\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"closed\":%" PRIu64 ",\"moved\":%" PRIu64
         ",\"opened\":%" PRIu32 ",\"p50\":%.3f,\"p99\":%.3f,\"most\":%.3f,\"cpuSeconds\":%.3f}\n",
         (double)(ended - began) / 1e9, client.sent, client.answered, client.delivered, client.expected, client.failed,
         client.refused, client.lost, client.closed, client.moved, client.opened, percentile_ms(&client.times, 0.5),
         percentile_ms(&client.times, 0.99), (double)client.times.most / 1000, cpu_seconds() - cpu);
  fflush(stdout);
}

/* Opens those of them that are not open, at most so many at once. */
static void open_all(uint32_t from, uint32_t to, uint32_t at_once) {
  uint32_t next = from;
  uint64_t failed = client.failed, until = after_s(PATIENCE_S);
  while ((next < to || client.opening > 0) && clock_ns() < until) {
    for (; next < to && client.opening < at_once; next++) {
      struct peer *peer = &client.peers[next];
      peer->sent_at = clock_ns();
      peer->link = open_link(peer, (int)(next % (uint32_t)client.ports_used));
    }
    turn(1);
    if (client.failed > failed + 1000) break;
  }
}

static void connect_peers(uint32_t count, uint32_t at_once) {
  double cpu = cpu_seconds();
  begin(REST);
  uint32_t from = client.peer_count;
  client.peers = realloc(client.peers, (from + count) * sizeof *client.peers);
  if (client.peers == NULL) die("out of memory");
  memset(client.peers + from, 0, count * sizeof *client.peers);
  for (uint32_t i = from; i < from + count; i++) {
    client.peers[i].number = i;
    client.peers[i].channel = -1;
  }
  /* The peers may have a new place in memory. */
  for (uint32_t i = 0; i < from; i++)
    if (client.peers[i].link != NULL) client.peers[i].link->peer = &client.peers[i];
  client.peer_count += count;
  uint64_t began = clock_ns();
  open_all(from, client.peer_count, at_once);
  tell(began, clock_ns(), cpu);
}

static void choose_channels(int channels, const char *prefix) {
  if (channels < 1 || channels > MAX_CHANNELS) die("1 to 1024 channels");
  client.channels = channels;
  snprintf(client.prefix, sizeof client.prefix, "%s", prefix);
  begin(REST);
  tell(clock_ns(), clock_ns(), cpu_seconds());
}

/* Connections are opened on the first of the ports only: clients move to the others. */
static void use_ports(int count) {
  if (count < 1 || count > client.port_count) die("no such port");
  client.ports_used = count;
  begin(REST);
  tell(clock_ns(), clock_ns(), cpu_seconds());
}

/* Bytes of what a publication says. */
static void choose_size(uint32_t bytes) {
  if (bytes < LEAST_DATA || bytes > MOST_DATA) die("10 to 16384 bytes");
  memset(client.padding, 'x', bytes - LEAST_DATA);
  client.padding[bytes - LEAST_DATA] = 0;
  begin(REST);
  tell(clock_ns(), clock_ns(), cpu_seconds());
}

static void subscribe_peers(uint32_t count) {
  double cpu = cpu_seconds();
  begin(REST);
  uint64_t began = clock_ns(), until = after_s(PATIENCE_S);
  for (uint32_t i = 0; i < count && i < client.peer_count; i++) {
    struct peer *peer = &client.peers[i];
    if (peer->link == NULL) continue;
    /* Pairs, so that each channel has subscribers on every port. */
    peer->channel = (int)(i / (uint32_t)client.port_count % (uint32_t)client.channels);
    client.subscribers[peer->channel]++;
    client.waiting++;
    send_subscribe(peer->link, false);
    if (i % 64 == 0) turn(0);
  }
  while (client.waiting > 0 && clock_ns() < until) turn(1);
  client.failed += client.waiting;
  client.waiting = 0;
  tell(began, clock_ns(), cpu);
}

static void loop(bool publishes, double seconds) {
  double cpu = cpu_seconds();
  begin(LOOP);
  client.publishes = publishes;
  client.now = clock_ns();
  uint64_t began = client.now;
  client.until = after_s(seconds);
  for (uint32_t i = 0; i < client.peer_count; i++) {
    struct peer *peer = &client.peers[i];
    if (peer->link == NULL) continue;
    client.waiting++;
    if (publishes) send_publish(peer, (int)(i % (uint32_t)client.channels));
    else send_ping(peer);
  }
  uint64_t patience = client.until + 5000000000ull;
  while (client.waiting > 0 && clock_ns() < patience) turn(1);
  client.lost = client.waiting;
  client.waiting = 0;
  tell(began, clock_ns(), cpu);
}

/* The last peers publish: they are spread over the ports as all are. */
static struct peer *publisher(uint64_t number, uint32_t publishers) {
  return &client.peers[client.peer_count - 1 - (uint32_t)(number % publishers)];
}

static void publish_next(uint32_t publishers) {
  struct peer *peer = publisher(client.sent, publishers);
  if (peer->link == NULL) die("a publisher was closed");
  send_publish(peer, (int)(client.sent % (uint64_t)client.channels));
}

static bool is_stopped(void) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  return poll(&input, 1, 0) > 0;
}

/* So many a second, for so long or until a `stop`. */
static void pace(double rate, double seconds, uint32_t publishers) {
  double cpu = cpu_seconds();
  begin(PACE);
  uint64_t began = clock_ns(), total = (uint64_t)(rate * seconds), patience = after_s(seconds + 10);
  while ((client.sent < total || client.delivered < client.expected || client.answered < client.sent) &&
         clock_ns() < patience) {
    uint64_t due = (uint64_t)((double)(clock_ns() - began) / 1e9 * rate) + 1;
    while (client.sent < total && client.sent < due) publish_next(publishers);
    turn(1);
    if (client.sent < total && is_stopped()) total = client.sent;
  }
  tell(began, clock_ns(), cpu);
}

/* As fast as it is delivered: never more than so many deliveries under way. */
static void flood(uint64_t outstanding, double seconds, uint32_t publishers) {
  double cpu = cpu_seconds();
  begin(FLOOD);
  uint64_t began = clock_ns(), until = after_s(seconds);
  while (clock_ns() < until) {
    while (client.expected - client.delivered < outstanding) publish_next(publishers);
    turn(10);
  }
  uint64_t ended = clock_ns(), patience = after_s(10), delivered = client.delivered;
  while (client.delivered < client.expected && clock_ns() < patience) turn(10);
  client.lost = client.expected - client.delivered;
  client.delivered = delivered;
  tell(began, ended, cpu);
}

/* So many publications on each channel, acked. */
static void fill(int times) {
  double cpu = cpu_seconds();
  begin(REST);
  uint64_t began = clock_ns(), patience = after_s(PATIENCE_S);
  for (int i = 0; i < times; i++) {
    for (int channel = 0; channel < client.channels; channel++) publish_next(client.peer_count);
    while (client.answered < client.sent && clock_ns() < patience) turn(1);
  }
  tell(began, clock_ns(), cpu);
}

static void drop(void) {
  double cpu = cpu_seconds();
  begin(REST);
  uint64_t began = clock_ns();
  for (uint32_t i = 0; i < client.peer_count; i++)
    if (client.peers[i].link != NULL) close_link(client.peers[i].link, true);
  turn(0);
  tell(began, clock_ns(), cpu);
}

static void return_peers(uint32_t at_once, double seconds) {
  double cpu = cpu_seconds();
  begin(RETURN);
  for (uint32_t i = 0; i < client.peer_count; i++) {
    client.peers[i].caught_up = false;
    client.peers[i].wanted = UINT64_MAX;
  }
  client.waiting = client.peer_count;
  uint64_t began = clock_ns(), patience = after_s(seconds);
  open_all(0, client.peer_count, at_once);
  while (client.waiting > 0 && clock_ns() < patience) turn(1);
  client.failed += client.waiting;
  client.waiting = 0;
  tell(began, clock_ns(), cpu);
}

/* Make-before-break, each in its slot, to the next port. */
static void await_moves(double seconds) {
  double cpu = cpu_seconds();
  begin(MOVE);
  uint64_t began = clock_ns(), patience = after_s(seconds);
  while (client.moved < client.peer_count && clock_ns() < patience) {
    for (uint32_t i = 0; i < client.peer_count; i++) {
      struct peer *peer = &client.peers[i];
      if (!peer->told_to_move || client.now < peer->move_at) continue;
      peer->told_to_move = false;
      peer->next = open_link(peer, (peer->port + 1) % client.port_count);
    }
    turn(1);
  }
  client.lost += client.peer_count - client.moved;
  tell(began, clock_ns(), cpu);
}

void obey(char *line) {
  char name[32], prefix[NAME];
  uint32_t first = 0, second = 0;
  double rate = 0, seconds = 0;
  if (sscanf(line, "connect %" SCNu32 " %" SCNu32, &first, &second) == 2) connect_peers(first, second);
  else if (sscanf(line, "channels %" SCNu32 " %63s", &first, prefix) == 2) choose_channels((int)first, prefix);
  else if (sscanf(line, "use %" SCNu32, &first) == 1) use_ports((int)first);
  else if (sscanf(line, "size %" SCNu32, &first) == 1) choose_size(first);
  else if (strcmp(line, "stop") == 0) return;
  else if (sscanf(line, "subscribe %" SCNu32, &first) == 1) subscribe_peers(first);
  else if (sscanf(line, "loop %31s %lf", name, &seconds) == 2) loop(strcmp(name, "publish") == 0, seconds);
  else if (sscanf(line, "pace %lf %lf %" SCNu32, &rate, &seconds, &first) == 3) pace(rate, seconds, first);
  else if (sscanf(line, "flood %" SCNu32 " %lf %" SCNu32, &first, &seconds, &second) == 3) flood(first, seconds, second);
  else if (sscanf(line, "fill %" SCNu32, &first) == 1) fill((int)first);
  else if (strncmp(line, "drop", 4) == 0) drop();
  else if (sscanf(line, "return %" SCNu32 " %lf", &first, &seconds) == 2) return_peers(first, seconds);
  else if (sscanf(line, "moves %lf", &seconds) == 1) await_moves(seconds);
  else die("no such command");
}
