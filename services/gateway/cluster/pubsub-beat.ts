import type { WorkerMessages } from './worker-messages.js';

const BEAT_EVERY_MS = 1_000;

/**
 * How long Redis pub/sub takes: each second this worker tells itself something, the way that workers tell one another.
 * What is published takes the same way, so a subscription that is dead while Redis answers shows here.
 */
export class PubSubBeat {
  readonly #messages: WorkerMessages;
  readonly #workerId: string;
  #sent = 0;
  /** The oldest beat that has not come back; those behind it are not measured. */
  #awaited: Readonly<{ number: number; sentAtMs: number }> | undefined;
  #lastLagMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(messages: WorkerMessages, workerId: string) {
    this.#messages = messages;
    this.#workerId = workerId;
    messages.on('beat', (number) => this.#heard(Number(number)));
  }

  start(): void {
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), BEAT_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#awaited = undefined;
  }

  /** The last beat took so long, or the oldest that has not come back is so old, whichever is more, ms. */
  get lagMs(): number {
    const ageMs = this.#awaited === undefined ? 0 : performance.now() - this.#awaited.sentAtMs;
    return Math.max(this.#lastLagMs, ageMs);
  }

  #beat(): void {
    this.#sent += 1;
    this.#awaited ??= { number: this.#sent, sentAtMs: performance.now() };
    this.#messages.tell(this.#workerId, 'beat', String(this.#sent));
  }

  #heard(number: number): void {
    if (this.#awaited === undefined || number < this.#awaited.number) return;
    if (number === this.#awaited.number) this.#lastLagMs = performance.now() - this.#awaited.sentAtMs;
    // Pub/sub keeps the order: one that was sent before this one and has not come is lost.
    this.#awaited = undefined;
  }
}
