#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char HEAD[] = "{\"type\":\"";
static const char SYSTEM[] = "system.";
static const char STAMP[] = "\"data\":\"t";

static const char *after(const char *text, size_t length, const char *name) {
  const char *found = memmem(text, length, name, strlen(name));
  return found == NULL ? NULL : found + strlen(name);
}

uint64_t number_after(const char *text, size_t length, const char *name) {
  const char *digit = after(text, length, name);
  uint64_t number = 0;
  for (; digit != NULL && digit < text + length && *digit >= '0' && *digit <= '9'; digit++)
    number = number * 10 + (uint64_t)(*digit - '0');
  return number;
}

bool word_after(const char *text, size_t length, const char *name, char *word, size_t room) {
  const char *start = after(text, length, name);
  if (start == NULL) return false;
  const char *end = memchr(start, '"', (size_t)(text + length - start));
  if (end == NULL || (size_t)(end - start) >= room) return false;
  memcpy(word, start, (size_t)(end - start));
  word[end - start] = 0;
  return true;
}

void on_open(struct link *link) {
  link->state = READY;
  client.opening--;
  client.opened++;
  if (client.work != RETURN && client.work != MOVE) return;
  if (link->peer->channel < 0) return;
  link->state = SUBSCRIBING;
  send_subscribe(link, true);
}

void on_close(struct link *link) {
  client.closed++;
  close_link(link, false);
}

static void on_welcome(struct link *link, const char *text, size_t length) {
  word_after(text, length, "\"session_id\":\"", link->peer->session, SESSION);
  on_open(link);
}

static void catch_up(struct peer *peer) {
  if (peer->caught_up || peer->wanted == UINT64_MAX || peer->offset < peer->wanted) return;
  peer->caught_up = true;
  client.waiting--;
  record(&client.times, (client.now - peer->sent_at) / 1000);
}

static void on_subscribed(struct link *link, const char *text, size_t length) {
  struct peer *peer = link->peer;
  uint64_t newest = number_after(text, length, "\"offset\":");
  link->state = READY;
  if (client.work == REST) {
    peer->offset = newest;
    if (peer->channel >= 0) word_after(text, length, "\"epoch\":\"", client.epochs[peer->channel], EPOCH);
    client.waiting--;
    return;
  }
  if (after(text, length, "\"recovered\":true") == NULL) client.lost++;
  if (client.work == RETURN) {
    peer->wanted = newest;
    catch_up(peer);
  }
  if (client.work == MOVE && peer->next == link) {
    struct link *old = peer->link;
    peer->link = link;
    peer->next = NULL;
    client.moved++;
    if (old == NULL) return;
    send_control(old, 8, "\x03\xe8", 2);
    close_link(old, false);
  }
}

/* Once and in order, from whichever connection brings it first. */
static void keep_place(struct link *link, const char *text, size_t length) {
  struct peer *peer = link->peer;
  uint64_t offset = number_after(text, length, "\"offset\":");
  if (offset > peer->offset + 1) client.lost += offset - peer->offset - 1;
  if (offset > peer->offset) peer->offset = offset;
  if (client.work == RETURN) catch_up(peer);
}

static void on_message(struct link *link, const char *text, size_t length) {
  client.delivered++;
  if (client.work == PACE || client.work == FLOOD) {
    uint64_t at = number_after(text, length, STAMP);
    if (at > 0) record(&client.times, since_stamp_us(client.now, at));
  } else if (client.work == RETURN || client.work == MOVE) {
    keep_place(link, text, length);
  }
}

static void on_reply(struct link *link) {
  struct peer *peer = link->peer;
  client.answered++;
  if (client.work != LOOP) return;
  record(&client.times, (client.now - peer->sent_at) / 1000);
  client.waiting--;
  if (client.now >= client.until) return;
  client.waiting++;
  if (client.publishes) send_publish(peer, (int)(peer->number % (uint32_t)client.channels));
  else send_ping(peer);
}

static void on_system(struct link *link, const char *type, const char *text, size_t length) {
  if (*type == 'w') on_welcome(link, text, length);
  else if (*type == 'p') on_reply(link);
  else if (memcmp(type, "reconnect", 9) == 0) {
    link->peer->told_to_move = true;
    link->peer->move_at = client.now + number_after(text, length, "\"after_ms\":") * 1000000;
  } else if (memcmp(type, "rate_limited", 12) == 0) {
    client.refused++;
    on_reply(link);
  }
}

void on_text(struct link *link, const char *text, size_t length) {
  if (length < sizeof HEAD + sizeof SYSTEM + 12 || memcmp(text, HEAD, sizeof HEAD - 1) != 0) return;
  const char *type = text + sizeof HEAD - 1;
  switch (*type) {
    case 'm':
      on_message(link, text, length);
      break;
    case 'a':
      on_reply(link);
      break;
    case 'e':
      client.refused++;
      on_reply(link);
      break;
    case 's':
      if (type[1] == 'u') on_subscribed(link, text, length);
      else on_system(link, type + sizeof SYSTEM - 1, text, length);
      break;
  }
}
