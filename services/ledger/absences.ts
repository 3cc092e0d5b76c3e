import { now } from './clock.js';
import { Latencies, type Times } from './latencies.js';

type Absence = { readonly fromMs: number; toMs: number | undefined };

/** The times in which clients were without what they need: from the end of a connection until they are served again. */
export class Absences {
  readonly #all: Absence[] = [];

  /** How many began so far. */
  get count(): number {
    return this.#all.length;
  }

  /** A client is away from now on. Returns what is to be called when it is served again. */
  begin(): () => void {
    const absence: Absence = { fromMs: now(), toMs: undefined };
    this.#all.push(absence);
    return () => {
      absence.toMs ??= now();
    };
  }

  /** How long they were, of those that began from `fromMs` on and before `toMs`. One that is not over lasts until now. */
  times(
    { fromMs, toMs }: Readonly<{ fromMs: number; toMs: number }> = { fromMs: -Infinity, toMs: Infinity },
    nowMs = now(),
  ): Times {
    const latencies = new Latencies();
    for (const absence of this.#all) {
      if (absence.fromMs < fromMs || absence.fromMs >= toMs) continue;
      latencies.add((absence.toMs ?? nowMs) - absence.fromMs);
    }
    return latencies.times();
  }
}
