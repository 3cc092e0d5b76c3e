import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';
const TICK_MS = 100;

/**
 * A way to a port on which what comes back trickles, until it is told to flow. What the other side sends meanwhile waits where
 * it would with any client that reads slowly: in the kernel, and behind that at the sender.
 */
export class Trickle {
  readonly port: number;
  readonly #server: Server;
  readonly #target: number;
  readonly #bytesPerTick: number;
  #flows = false;

  private constructor(server: Server, port: number, target: number, bytesPerSecond: number) {
    this.#server = server;
    this.port = port;
    this.#target = target;
    this.#bytesPerTick = Math.max(1, Math.round((bytesPerSecond * TICK_MS) / 1_000));
    server.on('connection', (near: Socket) => this.#carry(near));
  }

  static async to(target: number, bytesPerSecond: number): Promise<Trickle> {
    const server = createServer().listen(0, HOST);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no free port');
    return new Trickle(server, address.port, target, bytesPerSecond);
  }

  /** From now on as fast as it is read. */
  flow(): void {
    this.#flows = true;
  }

  close(): void {
    this.#server.close();
  }

  #carry(near: Socket): void {
    const far = connect(this.#target, HOST);
    near.pipe(far);
    // What is not read makes the sender wait.
    const look = (): void => undefined;
    const tick = setInterval(() => {
      const waits = far.readableLength;
      const taken: unknown = waits === 0 ? null : far.read(this.#flows ? waits : Math.min(waits, this.#bytesPerTick));
      if (Buffer.isBuffer(taken)) near.write(taken);
      if (this.#flows) {
        clearInterval(tick);
        // While somebody listens to this event a pipe does not flow.
        far.off('readable', look);
        far.pipe(near);
      }
    }, TICK_MS);
    far.on('readable', look);
    const over = (): void => {
      clearInterval(tick);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', over);
    near.on('close', over);
  }
}
