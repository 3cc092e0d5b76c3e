/** Resolves with `promise`, or after `ms` when that takes longer. No timer outlives it. */
export const within = (ms: number, promise: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, ms);
    void promise.finally(() => {
      clearTimeout(late);
      resolve();
    });
  });
