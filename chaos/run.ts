import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../services/conductor/failure.js';
import { holdsWithin } from '../services/conductor/waiting.js';
import { now } from '../services/ledger/clock.js';
import type { Fault, Scene } from './faults/fault.js';
import { afterwards } from './afterwards.js';
import { breaches, judge, type Judgement, type LossWindow } from './judgement.js';
import { Crowd } from './load/crowd.js';
import { checkKeptLog } from './kept-log.js';
import type { Notes } from './notes.js';
import { Random } from './random.js';
import { schedule, type Blow } from './schedule.js';
import type { ChaosStack } from './stack.js';
import type { Tally } from './tally.js';

export type RunOptions = Readonly<{
  seed: number;
  faults: readonly Fault[];
  /** No blow begins later than this after the start, ms. */
  budgetMs: number;
  /** Ends when every kind of fault has struck once. */
  once: boolean;
}>;

export type Outcome = Readonly<{
  judgement: Judgement;
  /** Everything that is not as promised, in words; empty: the run is good. */
  wrong: readonly string[];
}>;

const JOINED_WITHIN_MS = 20_000;
const FIRST_HEARD_WITHIN_MS = 10_000;
const QUIET_WITHIN_MS = 20_000;
/** Workers compare positions with the log every two seconds here: what has not come by then does not come. */
const STILL_MS = 6_000;

/** The load comes, the faults strike, everything heals and becomes quiet, and the books are read. */
export class ChaosRun {
  readonly #stack: ChaosStack;
  readonly #options: RunOptions;
  readonly #notes: Notes;
  readonly #tally: Tally;
  readonly #signal: AbortSignal;
  readonly #wrong: string[] = [];
  readonly #crowd: Crowd;
  readonly #losses: LossWindow[] = [];

  constructor(stack: ChaosStack, options: RunOptions, notes: Notes, tally: Tally, signal: AbortSignal) {
    this.#stack = stack;
    this.#options = options;
    this.#notes = notes;
    this.#tally = tally;
    this.#signal = signal;
    this.#crowd = new Crowd({
      url: (overLink) => stack.socketUrl(overLink),
      watcher: {
        wrong: (words) => this.#fails(words),
        note: (client, words) => notes.write(`${client.padEnd(12)} ${words}`),
      },
    });
  }

  get books(): Crowd['books'] {
    return this.#crowd.books;
  }

  /** @throws Error when the load could not even begin */
  async do(): Promise<Outcome> {
    try {
      await this.#begin();
      await this.#strikeAll();
      if (!this.#signal.aborted) {
        await this.#becomeQuiet();
        this.#wrong.push(...(await this.#lookAround()));
      }
    } finally {
      await this.#crowd.close();
    }
    const judgement = judge(this.#crowd.books, this.#losses);
    return { judgement, wrong: [...this.#wrong, ...breaches(judgement, this.#losses)] };
  }

  async #begin(): Promise<void> {
    const late = sleep(JOINED_WITHIN_MS, 'late', { ref: false });
    if ((await Promise.race([this.#crowd.start(), late])) === 'late') throw new Error('the clients did not come in');
    const sinceMs = now();
    const heard = await holdsWithin(FIRST_HEARD_WITHIN_MS, () => this.#crowd.ailing(sinceMs).length === 0);
    if (!heard) throw new Error(`nothing has struck yet, and ${this.#crowd.ailing(sinceMs).join(', ')}`);
    this.#tally.say(`${this.#crowd.size} clients on ${this.#crowd.books.channels.length} channels`);
  }

  async #strikeAll(): Promise<void> {
    const end = performance.now() + this.#options.budgetMs;
    let left = this.#options.once ? this.#options.faults.length : Infinity;
    for (const blow of schedule(this.#options.seed, this.#options.faults)) {
      if (left === 0 || performance.now() + blow.pauseMs > end) return;
      await this.#pause(this.#options.once ? Math.min(blow.pauseMs, 300) : blow.pauseMs);
      if (this.#signal.aborted || !(await this.#strike(blow))) return;
      left -= 1;
    }
  }

  /** False: it did not heal, and what follows would only hide why. */
  async #strike(blow: Blow): Promise<boolean> {
    const fromMs = now();
    const healed = await this.#strikeAndHeal(blow);
    const losesLog = blow.fault.losesLog === true || blow.during?.fault.losesLog === true;
    if (losesLog) this.#losses.push({ fromMs, toMs: healed ? now() : Infinity });
    return healed;
  }

  async #strikeAndHeal({ fault, seed, during }: Blow): Promise<boolean> {
    const strikes = [this.#one(fault, seed, during !== undefined, 0)];
    if (during !== undefined) strikes.push(this.#one(during.fault, during.seed, true, during.afterMs));
    const all = await Promise.all(strikes);
    if (all.includes(false)) return false;
    if (this.#signal.aborted) return false;
    const faults = during === undefined ? [fault] : [fault, during.fault];
    const sinceMs = now();
    const patience = Math.max(...faults.map(({ healsWithin }) => healsWithin));
    const healed = await holdsWithin(
      patience * 1_000,
      async () => this.#signal.aborted || (this.#crowd.ailing(sinceMs).length === 0 && (await this.#stack.isReady())),
    );
    const names = faults.map(({ name }) => name);
    if (healed) {
      this.#tally.healed(names, now() - sinceMs);
      return true;
    }
    const ailing = this.#crowd.ailing(sinceMs);
    const what = ailing.length === 0 ? 'a worker is not ready' : ailing.join(', ');
    this.#fails(`${names.join(' with ')} did not heal within ${patience} s: ${what}`);
    return false;
  }

  async #one(fault: Fault, seed: number, overlaps: boolean, afterMs: number): Promise<boolean> {
    await this.#pause(afterMs);
    if (this.#signal.aborted) return true;
    const scene: Scene = {
      stack: this.#stack,
      random: new Random(seed),
      signal: this.#signal,
      overlaps,
      burst: (count) => this.#crowd.burst(count),
      pause: (ms) => this.#pause(ms),
    };
    const began = now();
    this.#tally.begins(fault.name);
    this.#notes.write(`${'—'.padEnd(12)} ${fault.name} begins`);
    try {
      const words = await fault.strike(scene);
      this.#tally.struck(fault.name, words, now() - began);
      this.#notes.write(`${'—'.padEnd(12)} ${fault.name} is over: ${words}`);
      return true;
    } catch (error) {
      if (!this.#signal.aborted) this.#fails(`${fault.name} failed: ${messageOf(error)}`);
      return false;
    }
  }

  /** Nothing is done any more: every publish is answered, and everything acked is delivered or told. */
  async #becomeQuiet(): Promise<void> {
    this.#tally.say('quiet: every publish is answered, everything acked is delivered or told …');
    this.#crowd.stopPublishing();
    const answered = await holdsWithin(QUIET_WITHIN_MS, () => this.#signal.aborted || this.#crowd.pending === 0);
    if (!answered) this.#fails(`${this.#crowd.pending} publishes were never answered`);
    let delivered = -1;
    let newestAt = now();
    const isOver = (): boolean => {
      const judgement = judge(this.#crowd.books, this.#losses);
      if (judgement.delivered > delivered) newestAt = now();
      delivered = judgement.delivered;
      return this.#signal.aborted || judgement.lost === 0 || now() - newestAt > STILL_MS;
    };
    await holdsWithin(QUIET_WITHIN_MS, isOver, { everyMs: 250 });
  }

  async #lookAround(): Promise<readonly string[]> {
    const counted = await afterwards(this.#stack, this.#crowd.size);
    return [...counted, ...(await checkKeptLog(this.#stack.socketUrl(false), this.#crowd.books))];
  }

  #fails(words: string): void {
    this.#wrong.push(words);
    this.#tally.say(`WRONG: ${words}`);
    this.#notes.write(`${'WRONG'.padEnd(12)} ${words}`);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}
