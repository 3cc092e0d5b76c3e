/** A log line on its way to Loki. `at` is its time in ns since 1970, as Loki writes it: a number would lose digits. */
export type Entry = Readonly<{ level: string; at: string; line: string }>;
export type Labels = Readonly<Record<string, string>>;

/**
 * What became of a push. `refused`: Loki is there and will not take these lines, however often they come (HTTP 400, 413,
 * 422: too old, too long). `away`: it did not answer, or can't take anything now (5xx, 429, a wrong address): try again.
 */
export type Outcome = Readonly<{ kind: 'taken' } | { kind: 'refused' | 'away'; why: string }>;

/** Sends an encoded batch. Never rejects; ends within `timeoutMs`. */
export type Push = (body: string, timeoutMs: number) => Promise<Outcome>;

const REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);
const WHY_LENGTH = 200;

/** A body of Loki's push API: a stream for each level, since the level is a label. */
export const encodePush = (labels: Labels, entries: readonly Entry[]): string => {
  const streams = new Map<string, [string, string][]>();
  for (const { level, at, line } of entries) {
    const values = streams.get(level);
    if (values === undefined) streams.set(level, [[at, line]]);
    else values.push([at, line]);
  }
  return JSON.stringify({
    streams: [...streams].map(([level, values]) => ({ stream: { ...labels, level }, values })),
  });
};

/** An address below `base`, which may have a path of its own. */
export const lokiAddress = (base: string, path: string): URL => new URL(path, base.endsWith('/') ? base : `${base}/`);

export const pushTo = (base: string): Push => {
  const url = lokiAddress(base, 'loki/api/v1/push');
  return async (body, timeoutMs) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (response.ok) return { kind: 'taken' };
      const why = `HTTP ${response.status} ${text.trim()}`.trimEnd().slice(0, WHY_LENGTH);
      return { kind: REFUSED.has(response.status) ? 'refused' : 'away', why };
    } catch (error) {
      return { kind: 'away', why: causeOf(error) };
    }
  };
};

/** fetch says "fetch failed"; what failed stands in its cause. */
export const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && cause.message === '' ? String(cause.code) : cause.message;
  return error.message;
};
