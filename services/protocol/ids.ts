/**
 * Branded ids. A value of one of these types has been checked where it entered (docs/PROTOCOL.md, Words);
 * everything behind the edge takes the brand and checks nothing again.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** UUID v4 of a session: a bearer secret, never shown to other clients, never in a log. */
export type SessionId = Branded<string, 'SessionId'>;
/** UUID of one WebSocket on one worker, never reused. */
export type ConnectionId = Branded<string, 'ConnectionId'>;
/** Public name of a client, `[A-Za-z0-9_-]{1,64}`. */
export type ClientId = Branded<string, 'ClientId'>;
/** `[A-Za-z0-9_.:-]{1,128}`. */
export type ChannelName = Branded<string, 'ChannelName'>;
/** Number of a publication in its channel: 1, 2, 3 …; 0 is the place before the first. */
export type Offset = Branded<number, 'Offset'>;
/** Names a life of a channel's log. Opaque; compared for equality only. 1–64 characters, no lone surrogates. */
export type Epoch = Branded<string, 'Epoch'>;
/** Chosen by a client for a frame, 1–64 characters, no lone surrogates (in UTF-8 two such ids would become one). */
export type FrameId = Branded<string, 'FrameId'>;

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const CLIENT_ID = /^[A-Za-z0-9_-]{1,64}$/;
export const CHANNEL = /^[A-Za-z0-9_.:-]{1,128}$/;
const OWN_CHANNEL = /^~[a-z]{1,32}$/;
const ANONYMOUS = /^anon-/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const RESERVED_CLIENT_IDS: ReadonlySet<string> = new Set(['chat', 'metrics', 'echo', 'api', 'tasks']);

const isSessionId = (value: unknown): value is SessionId => typeof value === 'string' && UUID_V4.test(value);
const isConnectionId = (value: unknown): value is ConnectionId => typeof value === 'string' && UUID.test(value);
const isClientId = (value: unknown): value is ClientId => typeof value === 'string' && CLIENT_ID.test(value);
const isChannelName = (value: unknown): value is ChannelName => typeof value === 'string' && CHANNEL.test(value);
const isOwnChannelName = (value: string): value is ChannelName => OWN_CHANNEL.test(value);
const isOffset = (value: unknown): value is Offset => Number.isSafeInteger(value) && Number(value) >= 0;
const isShortText = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= 64 && !LONE_SURROGATE.test(value);
const isEpoch = (value: unknown): value is Epoch => isShortText(value);
const isFrameId = (value: unknown): value is FrameId => isShortText(value);

/** Each `parse…` returns the branded value, or undefined when the value is not one. None of them throws. */
export const parseSessionId = (value: unknown): SessionId | undefined => (isSessionId(value) ? value : undefined);
export const parseConnectionId = (value: unknown): ConnectionId | undefined =>
  isConnectionId(value) ? value : undefined;
export const parseClientId = (value: unknown): ClientId | undefined => (isClientId(value) ? value : undefined);
export const parseChannelName = (value: unknown): ChannelName | undefined => (isChannelName(value) ? value : undefined);
/** A channel that the server keeps for itself, `~` and a word: no frame of a client can name it. */
export const parseOwnChannelName = (value: string): ChannelName | undefined =>
  isOwnChannelName(value) ? value : undefined;
export const parseOffset = (value: unknown): Offset | undefined => (isOffset(value) ? value : undefined);
export const parseEpoch = (value: unknown): Epoch | undefined => (isEpoch(value) ? value : undefined);
export const parseFrameId = (value: unknown): FrameId | undefined => (isFrameId(value) ? value : undefined);

/** A place in who is present, as an answer gave it: digits. */
export const PRESENCE_CURSOR = /^\d{1,17}$/;
export const parsePresenceCursor = (value: unknown): string | undefined =>
  typeof value === 'string' && PRESENCE_CURSOR.test(value) ? value : undefined;

/** A name that a client may claim: not reserved for an endpoint, not of the anonymous form. */
export const isClaimable = (id: ClientId): boolean => !RESERVED_CLIENT_IDS.has(id) && !ANONYMOUS.test(id);
