#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

struct client client;

static void raise_file_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/* client PATH WELCOME PORT…: commands on stdin, a line each; the answer of each on stdout. */
int main(int count, char **words) {
  if (count < 4 || count - 3 > MAX_PORTS) die("usage: client PATH WELCOME(0|1) PORT…");
  raise_file_limit();
  client.path = words[1];
  client.has_welcome = words[2][0] == '1';
  for (int i = 3; i < count; i++) client.ports[client.port_count++] = atoi(words[i]);
  client.ports_used = client.port_count;
  client.channels = 1;
  snprintf(client.prefix, sizeof client.prefix, "bench:");
  snprintf(client.padding, sizeof client.padding, " of a line that somebody says");
  client.epoll = epoll_create1(EPOLL_CLOEXEC);
  if (client.epoll < 0) die("epoll");
  char line[256];
  size_t length = 0;
  /* Heartbeats are answered while no command is at work. */
  struct epoll_event readable = {.events = EPOLLIN};
  int both = epoll_create1(EPOLL_CLOEXEC);
  readable.data.fd = STDIN_FILENO;
  epoll_ctl(both, EPOLL_CTL_ADD, STDIN_FILENO, &readable);
  readable.data.fd = client.epoll;
  epoll_ctl(both, EPOLL_CTL_ADD, client.epoll, &readable);
  for (;;) {
    struct epoll_event events[2];
    int ready = epoll_wait(both, events, 2, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.fd == client.epoll) {
        turn(0);
        continue;
      }
      ssize_t got = read(STDIN_FILENO, line + length, sizeof line - 1 - length);
      if (got <= 0) return 0;
      length += (size_t)got;
      line[length] = 0;
      for (char *end; (end = memchr(line, '\n', length)) != NULL;) {
        *end = 0;
        obey(line);
        length -= (size_t)(end + 1 - line);
        memmove(line, end + 1, length);
      }
    }
  }
}
