import { TextClient } from './text-client.js';

export type StreamEvent = Readonly<Record<string, unknown>> & Readonly<{ type: string }>;

/** A client of `/ws/metrics` for tests. */
export class StreamClient {
  readonly #client: TextClient;

  private constructor(client: TextClient) {
    this.#client = client;
  }

  static async connect(worker: Readonly<{ ws: string }>): Promise<StreamClient> {
    return new StreamClient(await TextClient.connect(`${worker.ws}/ws/metrics`));
  }

  get closed() {
    return this.#client.closed;
  }

  close() {
    return this.#client.close();
  }

  /** All events so far. */
  get events(): readonly StreamEvent[] {
    return this.#client.texts.map((text) => JSON.parse(text) as StreamEvent);
  }

  all(type: string): readonly StreamEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  send(message: unknown): void {
    this.#client.say(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The n-th event of a type, from 1. */
  async nth(type: string, n: number): Promise<StreamEvent> {
    await this.#client.when(() => this.all(type).length >= n);
    return this.all(type)[n - 1]!;
  }

  /** The next event of a type. */
  next(type: string): Promise<StreamEvent> {
    return this.nth(type, this.all(type).length + 1);
  }
}
