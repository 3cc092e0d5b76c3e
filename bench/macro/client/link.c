#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };
enum { EVENTS = 512, MOST_OUT = 1024 + MOST_DATA };

static char buffer[1 << 20];
/* Closed ones, which events of this turn may still name. */
static struct link *buried;

static void write_all(struct link *link, const char *bytes, size_t length) {
  ssize_t sent = send(link->fd, bytes, length, MSG_NOSIGNAL);
  if (sent == (ssize_t)length) return;
  /* A connection that broke is told by its read. */
  if (sent < 0 && errno != EAGAIN) return;
  die("the server does not read what it is sent");
}

/* A mask of zeros is a mask: the text goes as it is. */
static void send_frame(struct link *link, int opcode, const char *payload, size_t length) {
  char out[MOST_OUT];
  size_t head = 2;
  if (length + 8 > sizeof out) die("a frame is too long");
  out[0] = (char)(0x80 | opcode);
  if (length < 126) {
    out[1] = (char)(0x80 | length);
  } else {
    out[1] = (char)(0x80 | 126);
    out[2] = (char)(length >> 8);
    out[3] = (char)length;
    head = 4;
  }
  memset(out + head, 0, 4);
  memcpy(out + head + 4, payload, length);
  write_all(link, out, head + 4 + length);
}

void send_text(struct link *link, const char *text, size_t length) { send_frame(link, TEXT, text, length); }
void send_control(struct link *link, int opcode, const char *payload, size_t length) {
  send_frame(link, opcode, payload, length);
}

static void watch(struct link *link, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = link};
  if (epoll_ctl(client.epoll, operation, link->fd, &event) != 0) die("epoll_ctl");
}

struct link *open_link(struct peer *peer, int port) {
  struct link *link = calloc(1, sizeof *link);
  if (link == NULL) die("out of memory");
  *link = (struct link){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .state = HANDSHAKE, .peer = peer};
  if (link->fd < 0) die("a socket (a process may open too few files: ulimit -n)");
  int on = 1;
  setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)client.ports[port])};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(link->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) die("connect");
  peer->port = port;
  client.opening++;
  watch(link, EPOLL_CTL_ADD, EPOLLOUT);
  return link;
}

void close_link(struct link *link, bool abruptly) {
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  if (abruptly) setsockopt(link->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (link->state == HANDSHAKE || link->state == WELCOMING) client.opening--;
  close(link->fd);
  struct peer *peer = link->peer;
  if (peer->link == link) peer->link = NULL;
  if (peer->next == link) peer->next = NULL;
  free(link->rest);
  link->rest = NULL;
  link->fd = -1;
  link->below = buried;
  buried = link;
}

static void begin(struct link *link) {
  char request[512];
  const char *session = link->peer->session;
  int length = snprintf(request, sizeof request,
                        "GET %s%s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        client.path, *session ? "?session=" : "", session);
  watch(link, EPOLL_CTL_MOD, EPOLLIN);
  write_all(link, request, (size_t)length);
}

/* How many bytes of it were an answer to the handshake; 0: its end has not come. */
static size_t read_answer(struct link *link, const char *bytes, size_t length) {
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  if (length < 12 || memcmp(bytes + 9, "101", 3) != 0) {
    client.failed++;
    close_link(link, true);
    return length;
  }
  link->state = WELCOMING;
  if (!client.has_welcome) on_open(link);
  return (size_t)(end - bytes) + 4;
}

/* How many bytes the first frame took; 0: its end has not come. */
static size_t read_frame(struct link *link, const char *bytes, size_t length) {
  if (length < 2) return 0;
  const unsigned char *head = (const unsigned char *)bytes;
  size_t size = head[1] & 0x7f, at = 2;
  if (size == 126) {
    if (length < 4) return 0;
    size = (size_t)head[2] << 8 | head[3];
    at = 4;
  } else if (size == 127) {
    if (length < 10) return 0;
    size = 0;
    for (int i = 2; i < 10; i++) size = size << 8 | head[i];
    at = 10;
  }
  if (at + size > sizeof buffer / 2) die("the server sent a frame that is too long");
  if (length < at + size) return 0;
  int opcode = head[0] & 0x0f;
  if (opcode == TEXT) on_text(link, bytes + at, size);
  if (opcode == PING) send_control(link, PONG, bytes + at, size);
  if (opcode == CLOSE) {
    send_control(link, CLOSE, bytes + at, size < 2 ? size : 2);
    on_close(link);
  }
  return at + size;
}

static void readable(struct link *link) {
  size_t had = link->rest_length;
  if (had > 0) memcpy(buffer, link->rest, had);
  ssize_t got = recv(link->fd, buffer + had, sizeof buffer / 2, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    if (link->state == HANDSHAKE) client.failed++;
    on_close(link);
    return;
  }
  client.now = clock_ns();
  size_t length = had + (size_t)got, at = 0;
  while (at < length && link->fd >= 0) {
    size_t took = link->state == HANDSHAKE ? read_answer(link, buffer + at, length - at)
                                           : read_frame(link, buffer + at, length - at);
    if (took == 0) break;
    at += took;
  }
  if (link->fd < 0) return;
  link->rest_length = length - at;
  if (link->rest_length == 0) return;
  link->rest = realloc(link->rest, link->rest_length);
  if (link->rest == NULL) die("out of memory");
  memcpy(link->rest, buffer + at, link->rest_length);
}

void turn(int most_ms) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(client.epoll, events, EVENTS, most_ms);
  client.now = clock_ns();
  for (int i = 0; i < count; i++) {
    struct link *link = events[i].data.ptr;
    if (link->fd < 0) continue;
    if (events[i].events & EPOLLOUT) begin(link);
    else readable(link);
  }
  while (buried != NULL) {
    struct link *link = buried;
    buried = link->below;
    free(link);
  }
}
