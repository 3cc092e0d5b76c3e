import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FuzzInput, Leaving } from './fuzz-input.js';

/** Nothing more comes when nothing came for so long. */
const QUIET_MS = 15;
const LEAVES_WITHIN_MS: Readonly<Record<Leaving, number>> = { wait: 300, end: 100, reset: 0 };
const CONNECTS_WITHIN_MS = 10_000;
/** Of what the worker answers, so much is kept. */
const KEPT_BYTES = 256 * 1024;

/** Sends one input to the worker on a connection of its own; resolves, when that is over, with what came back. */
export const exchange = async (port: number, { pieces, leaving }: FuzzInput): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, signal: AbortSignal.timeout(CONNECTS_WITHIN_MS) });
  const answer = new Answer(socket);
  for (const piece of pieces) {
    if (socket.destroyed) break;
    // Its callback comes also where the connection is gone, with an error.
    await new Promise<void>((resolve) => {
      socket.write(piece, () => setImmediate(resolve));
    });
  }
  while (!socket.closed && performance.now() - answer.lastAtMs < QUIET_MS) await sleep(QUIET_MS);
  await leave(socket, leaving);
  return answer.text;
};

const leave = async (socket: Socket, leaving: Leaving): Promise<void> => {
  if (leaving === 'reset') socket.resetAndDestroy();
  if (leaving === 'end') socket.end();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (!socket.closed) await Promise.race([closed, sleep(LEAVES_WITHIN_MS[leaving])]);
  socket.destroy();
};

class Answer {
  lastAtMs = performance.now();
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    // A worker that refuses what comes may reset the connection.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.lastAtMs = performance.now();
      this.#bytes += chunk.length;
      if (this.#bytes <= KEPT_BYTES) this.#chunks.push(chunk);
    });
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }
}
