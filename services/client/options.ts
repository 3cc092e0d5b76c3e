import type { Position } from './messages.js';

/** As much of a WebSocket as the client uses: the browser's, Node's and that of the package `ws` fit. */
export interface WebSocketLike {
  readonly readyState: number;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: Readonly<{ data: unknown }>) => void): void;
  addEventListener(type: 'close', listener: (event: Readonly<{ code: number; reason: string }>) => void): void;
  send(text: string): void;
  close(code?: number): void;
  /** Ends it without a handshake, where that can be done: for a network that is gone. */
  terminate?(): void;
}

export type ClientOptions = Readonly<{
  /** `ws(s)://` or `http(s)://host[:port][/path]`; without a path: `/ws`. */
  url: string;
  clientId?: string | undefined;
  /**
   * Sent as the subprotocol `bearer.TOKEN`, so that no log of addresses holds it. A function is asked before each connection,
   * and for another one before that ends; what it throws ends the attempt, and the next one asks again.
   */
  token?: string | (() => Promise<string>) | undefined;
  /** A session to resume, as `client.session` once said. */
  session?: string | undefined;
  /** How a socket is made. Default: the platform's WebSocket. */
  webSocket?: (url: string, protocols: readonly string[]) => WebSocketLike;
  /**
   * Publishes that are not yet acked. Defaults: 1000 and `reject`. More than the server remembers ids of
   * (`DEDUPE_MAX_IDS`) might be published twice.
   */
  queue?: Readonly<{ limit?: number; whenFull?: 'reject' | 'drop-oldest' }>;
  /**
   * Before the n-th attempt in a row: a random time between 0 and min(maxMs, minMs · 2^n). Defaults: 500 and 30,000. A row
   * ends with a connection that lived for 5 s after its welcome.
   */
  backoff?: Readonly<{ minMs?: number; maxMs?: number }>;
  /** Default: what the welcome says. 0: there are none, and none are watched for. */
  heartbeatMs?: number;
}>;

export type SubscribeOptions = Readonly<{
  /** Where this client was: what came since is delivered first. Ignored where the channel is subscribed already. */
  recover?: Position | undefined;
  /** The order was broken: what was kept of this channel must be loaded anew. */
  onReset?: ((position: Position) => void) | undefined;
}>;

export type Settings = Readonly<{
  url: URL;
  protocols: readonly string[];
  /** Asked for each connection, and sent as another protocol. */
  freshToken: (() => Promise<string>) | undefined;
  session: string | undefined;
  webSocket: (url: string, protocols: readonly string[]) => WebSocketLike;
  queueLimit: number;
  whenFull: 'reject' | 'drop-oldest';
  minMs: number;
  maxMs: number;
  heartbeatMs: number | undefined;
}>;

/** The subprotocol of docs/PROTOCOL.md, Connecting. */
const PROTOCOL = 'switchyard.v1';

export const bearer = (token: string): string => `bearer.${token}`;

/** @throws TypeError for what is no address */
export const readOptions = (options: ClientOptions): Settings => {
  const { clientId, token, session, webSocket = platformSocket, queue, backoff, heartbeatMs } = options;
  const url = new URL(options.url);
  url.protocol = url.protocol.replace('http', 'ws');
  if (url.pathname === '/') url.pathname = '/ws';
  if (clientId !== undefined) url.searchParams.set('client_id', clientId);
  return {
    url,
    protocols: typeof token === 'string' ? [PROTOCOL, bearer(token)] : [PROTOCOL],
    freshToken: typeof token === 'function' ? token : undefined,
    session,
    webSocket,
    queueLimit: queue?.limit ?? 1_000,
    whenFull: queue?.whenFull ?? 'reject',
    minMs: backoff?.minMs ?? 500,
    maxMs: backoff?.maxMs ?? 30_000,
    heartbeatMs,
  };
};

type Platform = Readonly<{
  WebSocket?: new (url: string, protocols: string[]) => WebSocketLike;
  setTimeout: unknown;
}>;

const platformSocket = (url: string, protocols: readonly string[]): WebSocketLike => {
  const platform: Platform = globalThis;
  if (platform.WebSocket === undefined) throw new Error('this platform has no WebSocket: pass one as webSocket');
  return new platform.WebSocket(url, [...protocols]);
};

/** Back-off with full jitter, ms [reconnect-1]: before the n-th attempt in a row, n = 0, 1, 2 … */
export const backoffMs = ({ minMs, maxMs }: Settings, attempt: number): number =>
  Math.random() * Math.min(maxMs, minMs * 2 ** attempt);

/** Before the same is asked again of a server that could not do it, n times in a row, ms. */
export const restMs = (settings: Settings, refusals: number): number =>
  settings.minMs / 2 + backoffMs(settings, refusals);
