import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Stream = Readonly<{ stream: Readonly<Record<string, string>>; values: readonly (readonly [string, string])[] }>;
export type Taken = Readonly<{ labels: Readonly<Record<string, string>>; at: string; line: string }>;
/** An HTTP status, or silence. */
export type Mood = number | 'hangs';

/** Loki made to order: takes pushes as its mood is, and tells what it took. */
export class FakeLoki {
  mood: Mood = 204;
  /** What it says besides a status that is no success. */
  words = 'so it is';
  /** Pushes so far, taken or not. */
  pushes = 0;
  readonly taken: Taken[] = [];
  #server: Server | undefined;
  #port = 0;
  #waiters: (() => void)[] = [];

  /** Listens on a free port, and is gone when the test is over. */
  static async start(): Promise<FakeLoki> {
    const loki = new FakeLoki();
    await loki.listen();
    onTestFinished(() => loki.stop());
    return loki;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Again on the port it had. */
  async listen(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => {
      this.#server?.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens there any more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** Resolves when `holds` is true, looked at after every push. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.pushes += 1;
    if (this.mood !== 'hangs') {
      if (this.mood < 300) this.#take(Buffer.concat(chunks).toString());
      response.writeHead(this.mood).end(this.mood < 300 ? undefined : this.words);
    }
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #take(body: string): void {
    const { streams } = JSON.parse(body) as { streams: readonly Stream[] };
    for (const { stream, values } of streams) {
      for (const [at, line] of values) this.taken.push({ labels: stream, at, line });
    }
  }
}
