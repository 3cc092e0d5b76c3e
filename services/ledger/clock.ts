/** Milliseconds since 1970, with fractions, and never back: every time in a ledger is of this clock. */
export const now = (): number => performance.timeOrigin + performance.now();

export const timeOf = (ms: number): string => new Date(ms).toISOString();
