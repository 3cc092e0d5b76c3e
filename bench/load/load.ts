import { WebSocket } from 'ws';
import { z } from 'zod';
import { Latencies } from './latencies.js';

export type LoadOptions = Readonly<{
  /** `ws://127.0.0.1:PORT/ws` */
  url: string;
  subscribers: number;
  channels: number;
  /** Messages a second, over all channels. */
  rate: number;
  /** Of each message, besides what it is made of anyway. Default 0. */
  bytes?: number;
}>;

const Frame = z.object({ type: z.string(), data: z.unknown().optional() });
const TICK_MS = 5;
/** So many that every worker has some of them. */
const PUBLISHERS = 20;

/** Subscribers and publishers in this process: how long each message took from its publish to each of its readers. */
export class Load {
  /** Since the last `measure`. */
  #latencies = new Latencies();
  readonly #sockets: WebSocket[] = [];
  readonly #options: LoadOptions;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  private constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Resolves when everybody has subscribed and messages flow. */
  static async start(options: LoadOptions): Promise<Load> {
    const load = new Load(options);
    await Promise.all(
      Array.from({ length: options.subscribers }, (_, index) => load.#subscribe(index % options.channels)),
    );
    await load.#publish();
    return load;
  }

  /** What was measured since the last time. */
  measured(): Latencies {
    const measured = this.#latencies;
    this.#latencies = new Latencies();
    return measured;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.terminate();
  }

  async #subscribe(channel: number): Promise<void> {
    const socket = await this.#open();
    await new Promise<void>((resolve) => {
      socket.on('message', (text: Buffer) => {
        const { type, data } = Frame.parse(JSON.parse(text.toString()));
        if (type === 'subscribed') resolve();
        if (type === 'message') this.#latencies.add(performance.now() - Number.parseFloat(String(data)));
      });
      socket.send(JSON.stringify({ type: 'subscribe', channel: `bench:${channel}`, id: 'subscribe' }));
    });
  }

  async #publish(): Promise<void> {
    const sockets = await Promise.all(Array.from({ length: PUBLISHERS }, () => this.#open()));
    const padding = 'x'.repeat(this.#options.bytes ?? 0);
    const began = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - began) / 1_000) * this.#options.rate;
      for (; this.#sent < due; this.#sent += 1) {
        const channel = `bench:${this.#sent % this.#options.channels}`;
        const data = `${performance.now()} ${padding}`;
        const frame = { type: 'publish', channel, data, id: String(this.#sent) };
        sockets[this.#sent % PUBLISHERS]?.send(JSON.stringify(frame));
      }
    }, TICK_MS);
  }

  #open(): Promise<WebSocket> {
    const socket = new WebSocket(this.#options.url, { perMessageDeflate: false });
    this.#sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(socket));
      socket.on('error', reject);
    });
  }
}
