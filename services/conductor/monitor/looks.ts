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
  if (signal.aborted) return;
  const first = take();
  const began = performance.now();
  const left = new AbortController();
  const ended = AbortSignal.any([signal, left.signal]);
  // A timer counts from when its turn of the event loop began, and so may come some milliseconds early.
  const waitUntil = async (elapsedMs: number): Promise<void> => {
    const restMs = (): number => began + elapsedMs - performance.now();
    while (restMs() > 0) await sleep(restMs(), undefined, { signal: ended });
  };
  const last = waitUntil(seconds * 1_000).then(take, () => undefined);
  try {
    for (let turn = 0; turn * everyMs < seconds * 1_000;) {
      if (turn > 0) await waitUntil(turn * everyMs).catch(() => {});
      const seen = ended.aborted ? undefined : await unless(signal, turn === 0 ? first : take());
      if (seen === undefined) return;
      yield seen;
      turn = Math.max(turn + 1, Math.ceil((performance.now() - began) / everyMs));
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
