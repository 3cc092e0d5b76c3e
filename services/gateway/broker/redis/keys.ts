import { parseChannelName, parseClientId, type ChannelName, type ClientId } from '../../../protocol/ids.js';

// Names of everything that is kept in Redis. All keys of one script carry one hash tag, `{…}`, so that they are in
// one slot of a Redis Cluster.

/** The pub/sub channel of a channel. */
export const topicOf = (channel: ChannelName): string => `sy:{c:${channel}}`;
export const logKey = (channel: ChannelName): string => `${topicOf(channel)}:log`;
export const metaKey = (channel: ChannelName): string => `${topicOf(channel)}:meta`;
export const publisherKey = (channel: ChannelName, publisher: string): string => `${topicOf(channel)}:p:${publisher}`;

export const sessionKey = (ref: string): string => `sy:{s:${ref}}`;
/** Where it may go on without the right to read the history: channel → offset. */
export const sessionKeptKey = (ref: string): string => `${sessionKey(ref)}:kept`;
/** A program has ended what it had subscribed the client to: sessions that were away find it. */
export const withdrawnKey = (clientId: ClientId, channel: ChannelName): string =>
  `sy:{u:${clientId}}:withdrawn:${channel}`;
export const sessionChannelsKey = (ref: string): string => `${sessionKey(ref)}:channels`;

/** Of a client's address: when what it used of its connections has grown back. */
export const addressKey = (address: string): string => `sy:{ip:${address}}`;
/** Connections that it may open besides: holder → number. */
export const passesKey = (address: string): string => `${addressKey(address)}:passes`;

/** A token that was taken back, by its `jti`. */
export const revokedTokenKey = (tokenId: string): string => `sy:{revoked}:t:${tokenId}`;
/** Until when the tokens of a client were made that are taken back. */
export const revokedClientKey = (client: string): string => `sy:{revoked}:c:${client}`;

/** In the order that `leases.lua` takes them. */
export const CLUSTER_KEYS = ['leases', 'expiries', 'connections', 'ended', 'folded', 'tombstones'].map(
  (name) => `sy:{cluster}:${name}`,
);

/** Which worker's lease ends when. */
export const EXPIRIES_KEY = 'sy:{cluster}:expiries';
/** Workers that have stated who is in a channel. */
export const PRESENT_KEY = 'sy:{cluster}:present';

/** In the order that `presence.lua` takes them. */
export const presenceKeys = (channel: ChannelName): readonly string[] =>
  ['here', 'here:totals', 'here:workers', 'here:infos'].map((name) => `${topicOf(channel)}:${name}`);
/** What was said of clients that are there. */
export const infosKey = (channel: ChannelName): string => `${topicOf(channel)}:here:infos`;
/** How many connections of each client a worker has stated there. */
export const statedKey = (channel: ChannelName, workerId: string): string =>
  `${topicOf(channel)}:here:workers:${workerId}`;
/** Where a worker has stated who is there. */
export const workerChannelsKey = (workerId: string): string => `sy:{w:${workerId}}:channels`;

export const SAMPLES_KEY = 'sy:{cluster}:samples';
/** Texts by their times: what an operator wants to see again. */
export const journalKey = (name: string): string => `sy:{cluster}:journal:${name}`;

const CLIENT_TOPIC = /^sy:\{u:(.*)\}$/;
/** The pub/sub channel of a client: its workers listen to it. */
export const clientTopic = (clientId: ClientId): string => `sy:{u:${clientId}}`;
/** Undefined: it is none. */
export const clientOfTopic = (topic: string): ClientId | undefined => parseClientId(CLIENT_TOPIC.exec(topic)?.[1]);

const PRESENCE_TOPIC = /^sy:\{c:(.*)\}:here$/;
/** The pub/sub channel of who comes and leaves in a channel. */
export const presenceTopic = (channel: ChannelName): string => `${topicOf(channel)}:here`;
/** Undefined: it is none. */
export const channelOfPresenceTopic = (topic: string): ChannelName | undefined =>
  parseChannelName(PRESENCE_TOPIC.exec(topic)?.[1]);

/** The pub/sub channel of one worker: what it is told, and its own probes. */
export const workerTopic = (workerId: string): string => `sy:w:${workerId}`;
