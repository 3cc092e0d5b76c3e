import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { us_listen_socket, WebSocket } from 'uWebSockets.js';
import { TransportUnavailable, type Uws } from './uws.js';

const LOOPBACK = '127.0.0.1';

/**
 * A WebSocket of this process with itself, there only to be corked: on a port of its own that is closed as soon as it
 * stands, on no route, in no count. What it is good for: `LateUpgrades`.
 */
export class CorkLender {
  #socket: WebSocket<unknown> | undefined;
  readonly #end: () => void;

  private constructor(socket: WebSocket<unknown>, end: () => void) {
    this.#socket = socket;
    this.#end = end;
  }

  /** @throws TransportUnavailable: nobody may listen on 127.0.0.1 */
  static create(uws: Uws): Promise<CorkLender> {
    return new Promise((resolve, reject) => {
      const app = uws.App();
      const path = `/${randomUUID()}`;
      let lender: CorkLender | undefined;
      const opened = (socket: WebSocket<unknown>, listening: us_listen_socket): void => {
        uws.us_listen_socket_close(listening);
        lender = new CorkLender(socket, () => app.close());
        resolve(lender);
      };
      app.listen(LOOPBACK, 0, (listening) => {
        if (!listening) {
          reject(new TransportUnavailable(`can't listen on a port of ${LOOPBACK}`));
          return;
        }
        app.ws(path, {
          idleTimeout: 0,
          // Else it sends one after four minutes, idle time-out or not, and closes what gives no answer.
          sendPingsAutomatically: false,
          open: (socket: WebSocket<unknown>) => opened(socket, listening),
          close: () => {
            if (lender !== undefined) lender.#socket = undefined;
          },
        });
        const client = connect(uws.us_socket_local_port(listening), LOOPBACK);
        client.on('error', reject).unref().resume().write(handshake(path));
      });
    });
  }

  get isThere(): boolean {
    return this.#socket !== undefined;
  }

  /** Calls `write` while this one is corked. */
  lend(write: () => void): void {
    if (this.#socket === undefined) write();
    else this.#socket.cork(write);
  }

  close(): void {
    this.#end();
  }
}

/** As RFC 6455 has it; the key is its example. */
const handshake = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${LOOPBACK}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');
