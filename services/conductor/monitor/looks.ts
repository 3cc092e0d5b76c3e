import { setTimeout as sleep } from 'node:timers/promises';

export type LookTimes = Readonly<{ seconds: number; everyMs: number; signal: AbortSignal }>;

/**
 * Looks at their times: the first at once, the last `seconds` after it begins, however long each takes, so that there are
 * two of them `seconds` apart on a busy machine too. One in between whose time comes while another is under way is left
 * out. When the signal is aborted it ends with what was seen so far.
 */
export async function* looksDuring<T>(
  take: () => Promise<T>,
  { seconds, everyMs, signal }: LookTimes,
): AsyncGenerator<T, void, void> {
  const began = performance.now();
  const turns = (): number => (performance.now() - began) / everyMs;
  const left = new AbortController();
  const ended = AbortSignal.any([signal, left.signal]);
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal: ended });
  const last = wait(seconds * 1_000).then(take, () => undefined);
  try {
    for (let turn = 0; turn * everyMs < seconds * 1_000; turn = Math.max(turn + 1, Math.ceil(turns()))) {
      const earlyMs = (turn - turns()) * everyMs;
      if (earlyMs > 0) await wait(earlyMs).catch(() => {});
      const seen = signal.aborted ? undefined : await unless(signal, take());
      if (seen === undefined) return;
      yield seen;
    }
    const seen = await unless(signal, last);
    if (seen !== undefined) yield seen;
  } finally {
    left.abort();
  }
}

/** Undefined: it was aborted first. */
const unless = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> => {
  let onAbort = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
