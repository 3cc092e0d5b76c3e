import type { TemplatedApp, us_listen_socket } from 'uWebSockets.js';
import { Backlog } from './backlog.js';
import { addressList } from './client-address.js';
import { CorkLender } from './cork-lender.js';
import { addFallback, addHttpRoute, type HttpOptions } from './http-server.js';
import type { HttpRoute } from './http.js';
import { LateUpgrades } from './late-upgrades.js';
import type { WebSocketRoute } from './socket.js';
import { UpgradeTurns } from './upgrade-turns.js';
import { loadUws, type Uws } from './uws.js';
import { addWebSocketRoute } from './websockets.js';

export type ServerOptions = Readonly<{
  trustedProxies: readonly string[];
  directLimitBytes: number;
  /** Whether clients that ask for permessage-deflate get it. */
  compression: boolean;
  onAdmission(route: WebSocketRoute, status: number, durationMs: number): void;
}> &
  HttpOptions;

/** The port is taken or may not be bound. */
export class ListenFailed extends Error {
  override readonly name = 'ListenFailed';
}

/** One port with HTTP and WebSockets: the only room that knows uWebSockets.js. */
export class Server {
  readonly #uws: Uws;
  readonly #app: TemplatedApp;
  readonly #backlog: Backlog;
  readonly #compresses: boolean;
  readonly #lender: CorkLender;
  #listening: us_listen_socket | undefined;

  private constructor(uws: Uws, app: TemplatedApp, backlog: Backlog, compresses: boolean, lender: CorkLender) {
    this.#uws = uws;
    this.#app = app;
    this.#backlog = backlog;
    this.#compresses = compresses;
    this.#lender = lender;
  }

  /** @throws TransportUnavailable */
  static async create(
    http: readonly HttpRoute[],
    webSockets: readonly WebSocketRoute[],
    options: ServerOptions,
  ): Promise<Server> {
    const uws = await loadUws();
    const app = uws.App();
    const backlog = new Backlog();
    const lender = await CorkLender.create(uws);
    const lateUpgrades = new LateUpgrades(lender);
    const upgradeTurns = new UpgradeTurns();
    const trusted = addressList(options.trustedProxies);
    // Shared: each message by itself, so that no connection holds a window, and what one message says of a secret shows
    // in the length of no other.
    const compression = options.compression ? uws.SHARED_COMPRESSOR | uws.SHARED_DECOMPRESSOR : uws.DISABLED;
    for (const route of webSockets) {
      addWebSocketRoute(app, route, { ...options, compression, trusted, backlog, lateUpgrades, upgradeTurns });
    }
    for (const route of http) addHttpRoute(app, route, { ...options, trusted });
    addFallback(
      app,
      http,
      webSockets.map((route) => route.path),
      options,
    );
    return new Server(uws, app, backlog, options.compression, lender);
  }

  /** Returns the port; with `port` 0 any free one. @throws ListenFailed */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      // Exclusive: a second worker on the same port is an error, not a silent sharing of its connections.
      this.#app.listen(host, port, this.#uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
        if (!listening) {
          reject(
            new ListenFailed(`can't listen on ${host}:${port}: the port is taken, or may not be bound by this user`),
          );
          return;
        }
        this.#listening = listening;
        resolve(this.#uws.us_socket_local_port(listening));
      });
    });
  }

  /** What waits in this process for clients to read. */
  get bufferedBytes(): number {
    return this.#backlog.bytes;
  }

  /** Sends to every socket that joined the topic. */
  publish(topic: string, text: string): void {
    this.#app.publish(topic, text, false, this.#compresses);
  }

  /** Refuses new connections from now on; open ones stay. Idempotent. */
  stopListening(): void {
    if (this.#listening === undefined) return;
    this.#uws.us_listen_socket_close(this.#listening);
    this.#listening = undefined;
  }

  /** Cuts whatever is still open. */
  close(): void {
    this.stopListening();
    this.#app.close();
    this.#lender.close();
  }
}
