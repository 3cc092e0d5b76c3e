export type Counted = 'messages' | 'connections' | 'disconnects';
export type Tallied = Readonly<Record<Counted, number>>;
export type TallyRow = Readonly<{ key: string }> & Tallied;

/** How many keys are told apart in a window; whoever is limited often stays among them, whoever is once may not. */
const MOST_KEYS = 256;

const NONE: Tallied = { messages: 0, connections: 0, disconnects: 0 };
const sum = ({ messages, connections, disconnects }: Tallied): number => messages + connections + disconnects;

/**
 * Who was limited most in the last window: a bounded table. A new key takes the place of the least one and its count,
 * so that none that is limited often can be hidden by many that are limited once (space-saving).
 */
export class Tally {
  readonly #windowMs: number;
  #since: number;
  #now = new Map<string, Tallied>();
  #before = new Map<string, Tallied>();

  constructor(windowMs: number, nowMs: number) {
    this.#windowMs = windowMs;
    this.#since = nowMs;
  }

  add(key: string, what: Counted, nowMs: number): void {
    this.#turn(nowMs);
    const known = this.#now.get(key) ?? this.#makeRoom();
    this.#now.set(key, { ...known, [what]: known[what] + 1 });
  }

  /** Of the window that is open and the one before it, most first. */
  top(most: number, nowMs: number): readonly TallyRow[] {
    this.#turn(nowMs);
    const rows = new Map(this.#before);
    for (const [key, counts] of this.#now) rows.set(key, added(counts, rows.get(key) ?? NONE));
    return topOf(
      [...rows].map(([key, counts]) => ({ key, ...counts })),
      most,
    );
  }

  #turn(nowMs: number): void {
    const past = nowMs - this.#since;
    if (past < this.#windowMs) return;
    this.#before = past < 2 * this.#windowMs ? this.#now : new Map<string, Tallied>();
    this.#now = new Map();
    this.#since = nowMs;
  }

  #makeRoom(): Tallied {
    if (this.#now.size < MOST_KEYS) return NONE;
    let least: Readonly<{ key: string; counts: Tallied }> | undefined;
    for (const [key, counts] of this.#now) {
      if (least === undefined || sum(counts) < sum(least.counts)) least = { key, counts };
    }
    if (least === undefined) return NONE;
    this.#now.delete(least.key);
    return least.counts;
  }
}

const added = (one: Tallied, other: Tallied): Tallied => ({
  messages: one.messages + other.messages,
  connections: one.connections + other.connections,
  disconnects: one.disconnects + other.disconnects,
});

/** Rows of several workers as one table: those of the same key are added. */
export const mergeRows = (rows: readonly TallyRow[], most: number): readonly TallyRow[] => {
  const merged = new Map<string, Tallied>();
  for (const { key, ...counts } of rows) merged.set(key, added(counts, merged.get(key) ?? NONE));
  return topOf(
    [...merged].map(([key, counts]) => ({ key, ...counts })),
    most,
  );
};

const topOf = (rows: readonly TallyRow[], most: number): readonly TallyRow[] =>
  rows.toSorted((one, other) => sum(other) - sum(one)).slice(0, most);
