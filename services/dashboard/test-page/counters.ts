import { find } from './elements.js';

const COUNTERS = {
  sent: 'count-sent',
  acked: 'count-acked',
  received: 'count-received',
  repeats: 'count-repeats',
  messageCount: 'count-messages',
  reconnects: 'count-reconnects',
  moves: 'count-moves',
  clusterConnections: 'count-cluster',
} as const;

export type Counter = keyof typeof COUNTERS;

const FORMAT = new Intl.NumberFormat('en');

export class Counters {
  readonly #values = new Map<Counter, number>();

  add(counter: Counter): void {
    this.set(counter, (this.#values.get(counter) ?? 0) + 1);
  }

  set(counter: Counter, value: number): void {
    this.#values.set(counter, value);
    find(COUNTERS[counter], HTMLElement).textContent = FORMAT.format(value);
  }
}
