const AT_ONCE = 50;

/**
 * Makes `count` of something, a few at once, and waits until each is ready.
 * @throws {Error} in words, when not all were within the time. Those that were made are in `made`.
 */
export const openPaced = async <T extends Readonly<{ ready: Promise<unknown> }>>(
  made: T[],
  count: number,
  make: (index: number) => T,
  { what, withinMs }: Readonly<{ what: string; withinMs: number }>,
): Promise<void> => {
  const overAt = performance.now() + withinMs;
  for (let begun = 0; begun < count; begun += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - begun) }, (_, index) => make(begun + index));
    made.push(...batch);
    const left = await within(overAt - performance.now(), Promise.all(batch.map(({ ready }) => ready)));
    if (left === 'late') throw new Error(`not all of ${count} ${what} were ready within ${withinMs / 1_000} s`);
  }
};

const within = async (timeoutMs: number, work: Promise<unknown>): Promise<'done' | 'late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.max(0, timeoutMs));
  });
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    clearTimeout(timer);
  }
};
