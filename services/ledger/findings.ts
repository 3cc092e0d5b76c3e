export type Fault = 'lost' | 'duplicated' | 'outOfOrder';

const EXAMPLES = 10;

/** How often each promise was broken, and the first ones in words. */
export class Findings {
  readonly counts: Record<Fault, number> = { lost: 0, duplicated: 0, outOfOrder: 0 };
  readonly examples: string[] = [];

  add(fault: Fault, words: () => string): void {
    this.counts[fault] += 1;
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
  ofApplication(fault: Fault, offset: number, words: () => string): void {
    this.#seen[fault].add(offset);
    this.#all.add(fault, words);
  }

  /** A connection shows it. */
  ofConnection(fault: Fault, offset: number, words: () => string): void {
    if (this.#seen[fault].has(offset)) return;
    this.#seen[fault].add(offset);
    this.#all.add(fault, words);
  }
}
