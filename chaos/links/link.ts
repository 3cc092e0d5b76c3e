import { once } from 'node:events';
import { createConnection, createServer, type Server } from 'node:net';
import { Stretch } from './stretch.js';
import { Weather } from './weather.js';

/**
 * A TCP proxy in front of a server on this machine: a link whose weather can be changed. Bytes are delayed or held,
 * never lost, as TCP does it: what a link holds arrives when the weather is fair again.
 */
export class Link {
  readonly weather = new Weather();
  readonly #server: Server;
  readonly #connections: Set<Stretch>;

  private constructor(server: Server, connections: Set<Stretch>) {
    this.#server = server;
    this.#connections = connections;
  }

  /** @param port of the link on loopback, 0: any; `target` is the server's */
  static async open(port: number, target: number): Promise<Link> {
    const connections = new Set<Stretch>();
    // An end that is closed for sending may still be sent to.
    const server = createServer({ allowHalfOpen: true });
    const link = new Link(server, connections);
    server.on('connection', (near) => {
      const stretch = new Stretch(
        near,
        createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true }),
        link.weather,
      );
      connections.add(stretch);
      stretch.onEnd = () => connections.delete(stretch);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the link is closed');
    return address.port;
  }

  /** Connections that stand. */
  get size(): number {
    return this.#connections.size;
  }

  /** Resets every connection that stands (RST, both ends); new ones work. */
  cut(): void {
    for (const stretch of this.#connections) stretch.reset();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }
}
