import type { Exposition } from './exposition.js';
import type { Sample } from './sample.js';

/** The cluster, or a worker, at two looks. `before` undefined: it began in between, and all that it has is new. */
type Span = Readonly<{ now: Exposition; before: Exposition | undefined }>;

/** A process's start is told in whole seconds, ms. */
const START_MS = 1_000;

/** By how much totals grew. One of them that fell was begun anew, with all of its name: what they have is new. */
export class Growth {
  readonly #spans: readonly Span[];

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** By the value of a label, in the order in which they stand there. */
  by(name: string, label: string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { now, before } of this.#spans) {
      const [values, earlier] = [now.by(name, label), before?.by(name, label)];
      const isAnew = Array.from(values).some(([key, value]) => value < (earlier?.get(key) ?? 0));
      for (const [key, value] of values) {
        sums.set(key, (sums.get(key) ?? 0) + value - (isAnew ? 0 : (earlier?.get(key) ?? 0)));
      }
    }
    return sums;
  }

  /** Over all labels. */
  total(name: string): number {
    return Array.from(this.by(name, '').values()).reduce((sum, value) => sum + value, 0);
  }
}

/**
 * Between two looks: of the cluster where both know its totals, else of each worker by its own, which it knows without
 * Redis too; one that ended in between is not seen. Undefined: it is not known.
 */
export const growthBetween = (before: Sample, now: Sample): Growth | undefined => {
  const spans = spansBetween(before, now);
  return spans.length === 0 ? undefined : new Growth(spans);
};

const spansBetween = (before: Sample, now: Sample): readonly Span[] => {
  if (before.metrics !== undefined && now.metrics !== undefined) return [{ now: now.metrics, before: before.metrics }];
  return Array.from(now.own).flatMap(([worker, { since, metrics }]): readonly Span[] => {
    const earlier = before.own.get(worker);
    if (earlier?.since === since) return [{ now: metrics, before: earlier.metrics }];
    const isNew = Date.parse(since) + START_MS > before.time.getTime();
    return isNew ? [{ now: metrics, before: undefined }] : [];
  });
};

/** What grew since the first look, also over times without the totals of the cluster: those have what happened then as well. */
export class Watch {
  #first: Sample | undefined;
  #last: Sample | undefined;
  /** The first and the last look that knew the totals of the cluster. */
  #known: Readonly<{ first: Sample; last: Sample }> | undefined;

  add(now: Sample): void {
    if (now.metrics === undefined && now.own.size === 0) return;
    this.#first ??= now;
    this.#last = now;
    if (now.metrics !== undefined) this.#known = { first: this.#known?.first ?? now, last: now };
  }

  /** Undefined: nothing was ever known. */
  growth(): Growth | undefined {
    const [first, last, known] = [this.#first, this.#last, this.#known];
    if (first === undefined || last === undefined) return undefined;
    if (known === undefined) return new Growth(spansBetween(first, last));
    return new Growth([
      ...(first === known.first ? [] : spansBetween(first, known.first)),
      ...spansBetween(known.first, known.last),
      ...(known.last === last ? [] : spansBetween(known.last, last)),
    ]);
  }
}
