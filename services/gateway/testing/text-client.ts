import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Closed } from './client.js';

type TextClientOptions = Readonly<{ autoPong?: boolean; headers?: Record<string, string> }>;

const PATIENCE_MS = 30_000;

/** A WebSocket client for endpoints that speak no frames: texts in, texts out, every one kept. */
export class TextClient {
  readonly socket: WebSocket;
  /** All texts so far, oldest first. */
  readonly texts: string[] = [];
  readonly closed: Promise<Closed>;
  #looks: (() => void)[] = [];

  private constructor(url: string, options: TextClientOptions) {
    this.socket = new WebSocket(url, { autoPong: true, perMessageDeflate: false, ...options });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
      for (const look of this.#looks) look();
    });
  }

  /** Resolves when the handshake succeeded. Rejects with the HTTP status when it was refused. */
  static async connect(url: string, options: TextClientOptions = {}): Promise<TextClient> {
    const client = new TextClient(url, options);
    await once(client.socket, 'open');
    client.socket.on('error', () => undefined);
    return client;
  }

  say(text: string): void {
    this.socket.send(text);
  }

  /** Resolves when this holds for what has come so far. */
  when(holds: (texts: readonly string[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(late);
        this.#looks = this.#looks.filter((other) => other !== look);
      };
      const late = setTimeout(() => {
        done();
        reject(
          new Error(
            `not within ${PATIENCE_MS} ms; the last of ${this.texts.length}: ${this.texts.slice(-5).join(' | ')}`,
          ),
        );
      }, PATIENCE_MS);
      const look = (): void => {
        if (!holds(this.texts)) return;
        done();
        resolve();
      };
      this.#looks.push(look);
      look();
    });
  }

  hears(text: string): Promise<void> {
    return this.when((texts) => texts.includes(text));
  }

  /** So many texts have come. */
  count(least: number): Promise<void> {
    return this.when((texts) => texts.length >= least);
  }

  close(code = 1000): Promise<Closed> {
    this.socket.close(code);
    return this.closed;
  }
}
