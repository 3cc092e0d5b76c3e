import { COLORS, type Color } from '../engines/engine.js';
import type { LogLine } from '../logs/log-lines.js';
import { Watch } from './growth.js';
import type { Sample } from './sample.js';
import { refusedIn, snapshotOf, type Snapshot } from './snapshot.js';

/** Longer than any screen is wide. */
const MOST_POINTS = 500;

/** Turns looks into what happened between them; of the past it keeps only what that needs. */
export class History {
  readonly #windowMs: number;
  /** As far as a window reaches back, and one more. */
  #recent: readonly Sample[] = [];
  readonly #watch = new Watch();
  readonly #points: Readonly<Record<Color, number[]>> = { blue: [], green: [] };

  /** @param windowMs how far back rates, latencies and CPU look */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** @param errors lines of the log since the last look */
  add(now: Sample, errors: readonly LogLine[]): Snapshot {
    this.#watch.add(now);
    const old = this.#recent.findLastIndex(({ atMs }) => now.atMs - atMs >= this.#windowMs);
    this.#recent = [...this.#recent.slice(Math.max(0, old)), now];
    const snapshot = snapshotOf(now, this.#recent[0] ?? now, refusedIn(this.#watch.growth()), errors);
    for (const color of COLORS) {
      this.#points[color].push(snapshot.connections[color]);
      if (this.#points[color].length > MOST_POINTS) this.#points[color].shift();
    }
    return snapshot;
  }

  /** Connections at each look, oldest first. */
  points(color: Color): readonly number[] {
    return this.#points[color];
  }
}
