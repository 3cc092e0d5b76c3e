import type { Publication } from './events.js';
import type { Mark } from './record.js';
import type { Places } from './places.js';

/** A publication that was acked, and the place that its ack named. */
export type Acked = Publication & Readonly<{ outcome: Extract<Publication['outcome'], { kind: 'acked' }> }>;

export const isAcked = (publication: Publication): publication is Acked => publication.outcome.kind === 'acked';

/** The lives of a log in the order in which anybody, subscriber or publisher, first heard of them. */
export class Lives {
  readonly #ranks: ReadonlyMap<string, number>;

  constructor(places: Places, acked: readonly Acked[]) {
    const firstSeen = new Map(places.heardOf.map(({ epoch, seenAtMs }) => [epoch, seenAtMs]));
    for (const { outcome } of acked) {
      const seen = firstSeen.get(outcome.epoch);
      if (seen === undefined || outcome.atMs < seen) firstSeen.set(outcome.epoch, outcome.atMs);
    }
    const inOrder = [...firstSeen].sort(([, a], [, b]) => a - b);
    this.#ranks = new Map(inOrder.map(([epoch], rank) => [epoch, rank]));
  }

  /**
   * Whether a publication lies before a mark: in its life at or below its offset, or in a life that was over by then.
   * Who was told so may do without it.
   */
  isBefore({ outcome }: Acked, mark: Mark): boolean {
    if (outcome.epoch === mark.epoch) return outcome.offset <= mark.offset;
    return this.#rankOf(outcome.epoch) < this.#rankOf(mark.epoch);
  }

  #rankOf(epoch: string): number {
    return this.#ranks.get(epoch) ?? -1;
  }
}
