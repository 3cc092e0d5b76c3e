/* A load client that costs less than what it measures: one thread, epoll, no dependencies, frames looked at and never parsed. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_PORTS = 8, MAX_CHANNELS = 1024, SESSION = 40, EPOCH = 68, NAME = 64, LEAST_DATA = 10, MOST_DATA = 16384 };

enum link_state { HANDSHAKE, WELCOMING, READY, SUBSCRIBING };

struct peer;

/* One WebSocket. */
struct link {
  int fd;
  enum link_state state;
  struct peer *peer;
  /* The beginning of a frame whose end has not come. */
  char *rest;
  size_t rest_length;
  struct link *below;
};

/* A client: it may have two connections while it moves. */
struct peer {
  uint32_t number;
  struct link *link, *next;
  int port;
  int channel; /* -1: none */
  uint64_t offset, wanted;
  bool caught_up, told_to_move;
  uint64_t sent_at, move_at;
  uint32_t serial;
  char session[SESSION];
};

/* Times in µs, 32 steps an octave: a percentile is off by 3 % at most. */
enum { STEPS = 64, OCTAVES = 32 };
struct histogram {
  uint64_t counts[STEPS * OCTAVES];
  uint64_t total, most;
};
void record(struct histogram *histogram, uint64_t us);
double percentile_ms(const struct histogram *histogram, double share);

enum work { REST, LOOP, PACE, FLOOD, RETURN, MOVE };

struct client {
  int epoll;
  int ports[MAX_PORTS], port_count, ports_used;
  const char *path;
  bool has_welcome;
  struct peer *peers;
  uint32_t peer_count, opening, opened, waiting;
  uint64_t now;

  enum work work;
  bool publishes;
  uint64_t until;
  int channels;
  char prefix[NAME];
  /* What stands behind the stamp of a publication. */
  char padding[MOST_DATA + 1];
  char epochs[MAX_CHANNELS][EPOCH];
  uint32_t subscribers[MAX_CHANNELS];

  uint64_t sent, answered, delivered, expected, failed, refused, lost, moved, closed;
  struct histogram times;
};
extern struct client client;

/* clock.c */
uint64_t clock_ns(void);
/* Of a moment, so that it fits in nine digits; the same for all clients of a machine. */
uint64_t stamp_us(uint64_t ns);
uint64_t since_stamp_us(uint64_t ns, uint64_t stamp);
double cpu_seconds(void);
void die(const char *what);

/* link.c */
struct link *open_link(struct peer *peer, int port);
void close_link(struct link *link, bool abruptly);
void send_text(struct link *link, const char *text, size_t length);
void send_control(struct link *link, int opcode, const char *payload, size_t length);
/* Everything that came, once. Waits for at most so many ms. */
void turn(int most_ms);

/* frames.c: what came. */
void on_text(struct link *link, const char *text, size_t length);
void on_open(struct link *link);
void on_close(struct link *link);
uint64_t number_after(const char *text, size_t length, const char *name);
bool word_after(const char *text, size_t length, const char *name, char *word, size_t room);

/* send.c: what goes. */
void send_ping(struct peer *peer);
void send_publish(struct peer *peer, int channel);
void send_subscribe(struct link *link, bool recover);

/* commands.c */
void obey(char *line);

#endif
