const SHORTEST_TICK_MS = 5;

/** Calls `fire` so often a second, evenly, from a random moment on; after a stall it does not make up. Returns how to stop. */
export const atSteadyRate = (perSecond: number, fire: () => void): (() => void) => {
  const everyMs = 1_000 / perSecond;
  const tickMs = Math.max(SHORTEST_TICK_MS, everyMs);
  let due = performance.now() + Math.random() * everyMs;
  const timer = setInterval(() => {
    const time = performance.now();
    if (time - due > 1_000) due = time;
    for (; due <= time; due += everyMs) fire();
  }, tickMs);
  return () => clearInterval(timer);
};
