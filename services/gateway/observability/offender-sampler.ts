import { Loop } from '../lifecycle/loop.js';

/** The same offender is told of again after this, with what it did meanwhile. */
const AGAIN_AFTER_MS = 10_000;
/** Lines a second, of all offenders; those about closed connections have as many of their own. */
const PER_SECOND = 10;
/** Lines a second of one address, and of what is told late: the others are for whoever comes. */
const SHARE = 5;
/** So many are told apart; with more, whoever was told of longest ago is forgotten. */
const MOST_KEYS = 1_024;
const LOOK_EVERY_MS = 1_000;

export type Offence = Readonly<{
  /** The same for one that connects again. */
  who: string;
  /** Whose share of the lines it uses. */
  address: string;
  what: string;
  /** Its connection is closed for it. */
  isClosed?: boolean;
}>;
/** Offences since the last line about them; `summary`: the line is late, and its other fields are those of the first. */
export type Told = Readonly<{ times: number; summary?: true }>;
type Write = (told: Told) => void;
type Offender = Readonly<{ offence: Offence; againAtMs: number; times: number; write: Write | undefined }>;

/**
 * Thins out the log lines about clients that are refused: of each offender and offence the first, then one in ten
 * seconds; of all together ten a second, of one address five. So neither one that goes on, or comes again and again,
 * hides the others, nor do many fill the log. What was not told is told in a summary later, whether or not its
 * offender comes back.
 */
export class OffenderSampler {
  readonly loop = new Loop('offenders', LOOK_EVERY_MS, () => this.summarize(Date.now()));
  readonly #open = new Room();
  readonly #closed = new Room();
  readonly #offenders = new Map<string, Offender>();

  start(): void {
    this.loop.start();
  }

  /** What is left is told now, as far as there is room. */
  stop(): void {
    this.loop.stop();
    this.summarize(Date.now(), Infinity);
  }

  /** @param line what writes it later, with the fields as they are now; asked for only when it is needed */
  take(offence: Offence, nowMs: number, line: () => Write): void {
    const key = `${offence.who} ${offence.what} ${offence.isClosed === true}`;
    const known = this.#offenders.get(key);
    const { againAtMs, times, write } = known ?? { againAtMs: nowMs, times: 0, write: undefined };
    if (nowMs < againAtMs || !this.#roomOf(offence).take(offence.address, nowMs)) {
      this.#note(key, { offence, againAtMs, times: times + 1, write: write ?? line() });
      return;
    }
    this.#told(key, offence, nowMs);
    line()({ times: times + 1 });
  }

  /** @param dueMs who may be told of again by then is */
  summarize(nowMs: number, dueMs = nowMs): void {
    const told = new Map<Room, number>();
    for (const [key, { offence, againAtMs, times, write }] of this.#offenders) {
      if (againAtMs > dueMs) continue;
      if (write === undefined) {
        this.#offenders.delete(key);
        continue;
      }
      const room = this.#roomOf(offence);
      const before = told.get(room) ?? 0;
      if (before >= SHARE || !room.take(offence.address, nowMs)) continue;
      told.set(room, before + 1);
      this.#told(key, offence, dueMs);
      write({ times, summary: true });
    }
  }

  #roomOf({ isClosed }: Offence): Room {
    return isClosed === true ? this.#closed : this.#open;
  }

  #told(key: string, offence: Offence, atMs: number): void {
    // Behind all others: the first of the map is the one that was told of longest ago.
    this.#offenders.delete(key);
    this.#note(key, { offence, againAtMs: atMs + AGAIN_AFTER_MS, times: 0, write: undefined });
  }

  #note(key: string, offender: Offender): void {
    this.#offenders.set(key, offender);
    if (this.#offenders.size <= MOST_KEYS) return;
    for (const oldest of this.#offenders.keys()) {
      this.#offenders.delete(oldest);
      return;
    }
  }
}

/** Lines of the second that runs. */
class Room {
  readonly #ofAddress = new Map<string, number>();
  #second = 0;
  #taken = 0;

  take(address: string, nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
      this.#ofAddress.clear();
    }
    const ofAddress = this.#ofAddress.get(address) ?? 0;
    if (this.#taken >= PER_SECOND || ofAddress >= SHARE) return false;
    this.#taken += 1;
    this.#ofAddress.set(address, ofAddress + 1);
    return true;
  }
}
