import type { AckFrame, HistoryFrame, JsonValue, PresenceFrame, Publication } from '../protocol/frames.js';

export type { JsonValue } from '../protocol/frames.js';

/** A place in a channel: everything up to and with `offset` has been seen, in the life `epoch` of its log. */
export type Position = Readonly<{ epoch: string; offset: number }>;

/** One publication. `from` is its publisher's client_id, `time` ISO 8601 in UTC. */
export type Message = Readonly<{
  channel: string;
  epoch: string;
  offset: number;
  from: string;
  data: JsonValue;
  time: string;
}>;

/** A message to one client. `from` is the sender's client_id, `time` ISO 8601 in UTC. */
export type TargetedMessage = Readonly<{ from: string; data: JsonValue; time: string }>;

/** Where a publication is kept. `duplicate`: it had been taken before, and was not published again. */
export type Ack = Readonly<{
  channel: string;
  epoch: string;
  offset: number;
  messageCount: number;
  duplicate: boolean;
}>;

/** Publications, oldest first; `epoch` and `offset` are the channel's newest place ([history-1] to [history-3]). */
export type History = Readonly<{
  channel: string;
  epoch: string;
  offset: number;
  publications: readonly Message[];
  more: boolean;
  recovered?: boolean;
}>;

export type Presence = Readonly<{
  channel: string;
  /** In order of their coming; `joinedAt` is ISO 8601 in UTC, `info` what the client's token says of it. */
  clients: readonly Readonly<{ clientId: string; connections: number; joinedAt: string; info?: JsonValue }>[];
  /** On all pages. */
  count: number;
  /** For the next page; undefined on the last. */
  cursor: string | undefined;
}>;

export const messageOf = (channel: string, { epoch, offset, from, data, time }: Publication): Message => ({
  channel,
  epoch,
  offset,
  from,
  data,
  time,
});

/** Undefined when it is not the ack of a publish. */
export const ackOf = ({ channel, epoch, offset, message_count, duplicate }: AckFrame): Ack | undefined =>
  channel === undefined || epoch === undefined || offset === undefined
    ? undefined
    : { channel, epoch, offset, messageCount: message_count, duplicate: duplicate === true };

export const historyOf = ({ channel, epoch, offset, publications, more, recovered }: HistoryFrame): History => ({
  channel,
  epoch,
  offset,
  publications: publications.map((publication) => messageOf(channel, publication)),
  more,
  ...(recovered !== undefined && { recovered }),
});

export const presenceOf = ({ channel, clients, count, next_cursor: cursor }: PresenceFrame): Presence => ({
  channel,
  clients: clients.map(({ client_id: clientId, connections, joined_at: joinedAt, info }) => ({
    clientId,
    connections,
    joinedAt,
    ...(info !== undefined && { info }),
  })),
  count,
  cursor,
});
