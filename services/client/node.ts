import { WebSocket } from 'ws';
import { Client as AnyClient } from './client.js';
import type { ClientOptions, WebSocketLike } from './options.js';

export * from './index.js';

type Headers = Readonly<Record<string, string>>;

/** The package `ws` as `webSocket` of ClientOptions, with headers for the handshake. */
export const nodeSocket =
  (headers: Headers = {}): ((url: string, protocols: readonly string[]) => WebSocketLike) =>
  (url, protocols) =>
    new WebSocket(url, [...protocols], { headers, perMessageDeflate: false });

/** The client, over the package `ws` by default: it runs on Node 20, which has no WebSocket of its own. */
export class Client extends AnyClient {
  constructor(options: ClientOptions) {
    super({ webSocket: nodeSocket(), ...options });
  }
}

/** `headers` go with every handshake. */
export const connect = ({ headers, ...options }: ClientOptions & Readonly<{ headers?: Headers }>): Client =>
  new Client({ webSocket: nodeSocket(headers), ...options });
