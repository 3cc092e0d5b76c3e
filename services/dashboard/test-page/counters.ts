import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';

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

export class Counters {
  readonly #values = new Map<Counter, number>();

  add(counter: Counter): void {
    this.set(counter, (this.#values.get(counter) ?? 0) + 1);
  }

  set(counter: Counter, value: number): void {
    this.#values.set(counter, value);
    find(COUNTERS[counter], HTMLElement).textContent = formatCount(value);
  }
}
