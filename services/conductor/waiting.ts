import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer; undefined when there was none within `timeoutMs`. */
export const until = async <T>(
  timeoutMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
  options: { everyMs?: number; signal?: AbortSignal } = {},
): Promise<T | undefined> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) return undefined;
    await sleep(options.everyMs ?? 50, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
};

/** True as soon as `condition` holds, false when it did not within `timeoutMs`. */
export const holdsWithin = async (
  timeoutMs: number,
  condition: () => Promise<boolean> | boolean,
  options: { everyMs?: number; signal?: AbortSignal } = {},
): Promise<boolean> =>
  (await until(timeoutMs, async () => ((await condition()) ? true : undefined), options)) !== undefined;
