import type { Logger } from 'pino';
import type { Outcome } from '../../../loki/push.js';

/** `awaited`: it never answered; most machines have none, and that is no trouble. */
type Presence = Readonly<{ failures: number }> &
  Readonly<{ state: 'awaited'; isTold: boolean } | { state: 'there' } | { state: 'away'; sinceMs: number }>;

/** One push that fails is no outage. */
const FAILURES_TOLD = 2;
const REFUSALS_TOLD_EVERY_MS = 60_000;

/** Whether Loki is there, by what became of the pushes, and the one log line when it goes, and when it comes back. */
export class LokiPresence {
  readonly #url: string;
  readonly #clock: () => number;
  #logger: Logger | undefined;
  #presence: Presence = { state: 'awaited', isTold: false, failures: 0 };
  #refused = 0;
  #refusalToldMs = -Infinity;
  #dropped = 0;
  /** What `#dropped` was at Loki's last answer. */
  #droppedBefore = 0;

  constructor(url: string, clock: () => number) {
    this.#url = url;
    this.#clock = clock;
  }

  /** Where its own events go. They are lines like any other, so the logger is made after this. */
  tellTo(logger: Logger): void {
    this.#logger = logger;
  }

  /** Lines that were dropped since Loki was there first: before that they were promised to nobody. */
  get dropped(): number {
    return this.#presence.state === 'awaited' ? 0 : this.#dropped;
  }

  /** Pushes that failed since the last that did not. */
  get failures(): number {
    return this.#presence.failures;
  }

  /** It answered the last push, or nothing was pushed yet that could tell. */
  get isThere(): boolean {
    return this.#presence.failures === 0;
  }

  /** Lines went for which there was no room. */
  drop(lines: number): void {
    this.#dropped += lines;
  }

  /** Nobody will bring these lines to Loki any more: the worker stops. */
  giveUp(lines: number): void {
    this.#dropped += lines;
    if (this.#presence.state === 'awaited') return;
    this.#logger?.warn(
      { event: 'loki_given_up', url: this.#url, lines },
      'Loki did not take the last log lines: they are only here',
    );
  }

  /** What became of a push of so many lines. */
  noted(outcome: Outcome, lines: number): void {
    switch (outcome.kind) {
      case 'away':
        return this.#failed(outcome.why);
      case 'refused':
        this.#answered();
        return this.#wereRefused(lines, outcome.why);
      case 'taken':
        return this.#answered();
    }
    return outcome satisfies never;
  }

  #failed(why: string): void {
    const before = this.#presence;
    const failures = before.failures + 1;
    this.#presence = { ...before, failures };
    if (failures < FAILURES_TOLD) return;
    if (before.state === 'awaited' && !before.isTold) {
      this.#presence = { ...before, failures, isTold: true };
      this.#logger?.info(
        { event: 'loki_absent', url: this.#url, why },
        'No Loki there: the newest log lines are kept for it',
      );
    }
    if (before.state === 'there') {
      this.#presence = { state: 'away', failures, sinceMs: this.#clock() };
      this.#logger?.warn(
        { event: 'loki_lost', url: this.#url, why },
        'Loki is away: log lines wait for it, over the limit the oldest go',
      );
    }
  }

  #answered(): void {
    const before = this.#presence;
    const dropped = this.#dropped - this.#droppedBefore;
    this.#presence = { state: 'there', failures: 0 };
    if (before.state === 'awaited') this.#dropped = 0;
    this.#droppedBefore = this.#dropped;
    if (before.state === 'away') {
      const awaySeconds = Math.round((this.#clock() - before.sinceMs) / 1_000);
      this.#logger?.info(
        { event: 'loki_back', away_seconds: awaySeconds, dropped },
        'Loki is back: log lines flow again',
      );
    }
    if (before.state === 'awaited' && before.isTold) {
      this.#logger?.info({ event: 'loki_back', dropped }, 'Loki is there: log lines flow');
    }
  }

  /** A minute's refusals in one line: each may be of every batch. */
  #wereRefused(lines: number, why: string): void {
    this.#dropped += lines;
    this.#droppedBefore = this.#dropped;
    this.#refused += lines;
    const now = this.#clock();
    if (now - this.#refusalToldMs < REFUSALS_TOLD_EVERY_MS) return;
    this.#logger?.warn(
      { event: 'loki_refused', lines: this.#refused, why },
      'Loki refused log lines: they are dropped',
    );
    this.#refusalToldMs = now;
    this.#refused = 0;
  }
}
