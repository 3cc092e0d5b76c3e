export type Fault = 'lost' | 'duplicated' | 'outOfOrder';

/** A fault at a subscriber: in words, and where. `where` is asked for once a kind of fault, for the first one. */
export type Spot = Readonly<{ words: () => string; where: () => string }>;

const EXAMPLES = 10;

/** How often each promise was broken, and the first ones in words. */
export class Findings {
  readonly counts: Record<Fault, number> = { lost: 0, duplicated: 0, outOfOrder: 0 };
  readonly examples: string[] = [];
  /** Of each kind of fault: where the first one was, in words. */
  readonly first: Partial<Record<Fault, string>> = {};

  add(fault: Fault, { words, where }: Spot): void {
    this.counts[fault] += 1;
    this.first[fault] ??= where();
    if (this.examples.length < EXAMPLES) this.examples.push(words());
  }
}

/**
 * The faults of one subscriber. What its application and one of its connections both show at an offset is one fault, not
 * two.
 */
export class SubscriberFindings {
  readonly #all: Findings;
  readonly #seen: Record<Fault, Set<number>> = { lost: new Set(), duplicated: new Set(), outOfOrder: new Set() };

  constructor(all: Findings) {
    this.#all = all;
  }

  /** The application sees it. */
  ofApplication(fault: Fault, offset: number, spot: Spot): void {
    this.#seen[fault].add(offset);
    this.#all.add(fault, spot);
  }

  /** A connection shows it. */
  ofConnection(fault: Fault, offset: number, spot: Spot): void {
    if (this.#seen[fault].has(offset)) return;
    this.ofApplication(fault, offset, spot);
  }
}
