/** 24.8 days: a timer that is told more fires at once, whatever a server says. */
const LONGEST_MS = 2 ** 31 - 1;

/** What a timer can be told, ms. */
export const timerMs = (ms: number): number => Math.min(ms, LONGEST_MS);
