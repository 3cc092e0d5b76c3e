export type IdleBounds = Readonly<{
  /** Without a message of its own for so long a connection counts as idle, ms. */
  afterMs: number;
  /** Between two looks at a connection, ms. */
  checkMs: number;
  /** After so long, at the next look, it is closed, ms; undefined: never. */
  disconnectAfterMs: number | undefined;
}>;

/** For how long one connection has sent no message of its own, and what follows from that [idle-1]. */
export class Idleness {
  readonly #bounds: IdleBounds;
  #activeAtMs: number;
  #isWarned = false;

  constructor(bounds: IdleBounds, openedAtMs: number) {
    this.#bounds = bounds;
    this.#activeAtMs = openedAtMs;
  }

  /** Of its own messages the last, or when it connected. */
  get activeAtMs(): number {
    return this.#activeAtMs;
  }

  active(nowMs: number): void {
    this.#activeAtMs = nowMs;
    this.#isWarned = false;
  }

  /** What is due at this look: a warning once, later the end where there is one. */
  check(nowMs: number): 'nothing' | 'warning' | 'end' {
    const { afterMs, disconnectAfterMs } = this.#bounds;
    const idleMs = nowMs - this.#activeAtMs;
    if (idleMs < afterMs) return 'nothing';
    if (this.#isWarned) return disconnectAfterMs !== undefined && idleMs >= disconnectAfterMs ? 'end' : 'nothing';
    this.#isWarned = true;
    return 'warning';
  }

  /** Whole seconds. */
  seconds(nowMs: number): number {
    return Math.round((nowMs - this.#activeAtMs) / 1000);
  }

  /** It ends at a later look than this one, the first at which its time is over; in s; undefined: never. */
  secondsLeft(nowMs: number): number | undefined {
    const { disconnectAfterMs, checkMs } = this.#bounds;
    if (disconnectAfterMs === undefined) return undefined;
    const looks = Math.max(1, Math.ceil((disconnectAfterMs - (nowMs - this.#activeAtMs)) / checkMs));
    return (looks * checkMs) / 1000;
  }
}
