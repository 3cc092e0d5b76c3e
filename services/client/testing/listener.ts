import { expect } from 'vitest';
import type { Client } from '../client.js';
import type { Message, Position } from '../messages.js';

/** Keeps what a client heard of a channel, and what the client told about itself. */
export class Listener {
  readonly messages: Message[] = [];
  readonly told: string[] = [];
  readonly ended: number[] = [];
  readonly ready: Promise<Position>;
  readonly #subscription;

  constructor(
    readonly client: Client,
    channel: string,
    recover?: Position,
  ) {
    client.on('state', (state) => this.told.push(state));
    client.on('reset', (name) => this.told.push(`reset ${name}`));
    client.on('ended', ({ code }) => this.ended.push(code));
    this.#subscription = client.subscribe(channel, (message) => this.messages.push(message), { recover });
    this.ready = this.#subscription.ready;
  }

  get position(): Position | undefined {
    return this.#subscription.position;
  }

  get offsets(): number[] {
    return this.messages.map(({ offset }) => offset);
  }
}

/** Resolves when it has heard up to the last offset, each one once and in order. */
export const hasHeard = async (listener: Listener, first: number, last: number): Promise<void> => {
  await expect.poll(() => listener.position?.offset).toBe(last);
  expect(listener.offsets).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
};

/** Resolves when the client has been in this state, or told this reset, at some time since it was made. */
export const hasTold = async ({ told }: Listener, what: string): Promise<void> => {
  await expect.poll(() => told).toContain(what);
};
