#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <inttypes.h>

enum { FRAME = 400, PUBLICATION = FRAME + MOST_DATA };

void send_ping(struct peer *peer) {
  char text[FRAME];
  int length = snprintf(text, sizeof text, "{\"type\":\"system.ping\",\"id\":\"p%" PRIu32 "\"}", peer->serial++);
  peer->sent_at = client.now;
  client.sent++;
  send_text(peer->link, text, (size_t)length);
}

void send_publish(struct peer *peer, int channel) {
  static char text[PUBLICATION];
  peer->sent_at = clock_ns();
  int length = snprintf(text, sizeof text,
                        "{\"type\":\"publish\",\"channel\":\"%s%d\",\"id\":\"p%" PRIu32 "-%" PRIu32
                        "\",\"data\":\"t%09" PRIu64 "%s\"}",
                        client.prefix, channel, peer->number, peer->serial++, stamp_us(peer->sent_at), client.padding);
  client.sent++;
  client.expected += client.subscribers[channel];
  send_text(peer->link, text, (size_t)length);
}

void send_subscribe(struct link *link, bool recover) {
  char text[FRAME];
  const struct peer *peer = link->peer;
  int length = snprintf(text, sizeof text, "{\"type\":\"subscribe\",\"channel\":\"%s%d\",\"id\":\"s\"", client.prefix,
                        peer->channel);
  if (recover)
    length += snprintf(text + length, sizeof text - (size_t)length,
                       ",\"recover\":{\"epoch\":\"%s\",\"offset\":%" PRIu64 "}", client.epochs[peer->channel],
                       peer->offset);
  length += snprintf(text + length, sizeof text - (size_t)length, "}");
  send_text(link, text, (size_t)length);
}
