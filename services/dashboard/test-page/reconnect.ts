/** Closes after which the page connects again by itself (docs/PROTOCOL.md, Close codes); never after 4409. */
const AGAIN: ReadonlySet<number> = new Set([1006, 1012, 1013, 4413]);
const FIRST_MS = 500;
const MOST_MS = 30_000;

export const connectsAgainAfter = (code: number): boolean => AGAIN.has(code);

/** Back-off with full jitter [reconnect-1]: before the n-th attempt in a row, n = 0, 1, 2 …, in ms. */
export const retryDelay = (attempt: number): number => Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** attempt);

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [1000, 'normal'],
  [1006, 'the connection broke off'],
  [1008, 'policy'],
  [1009, 'frame too large'],
  [1012, 'service restart'],
  [1013, 'overloaded'],
  [4401, 'unauthorized'],
  [4403, 'forbidden'],
  [4408, 'time-out'],
  [4409, 'replaced by a newer connection of this session'],
  [4413, 'slow consumer'],
  [4429, 'rate limited'],
]);

export const closeMeaning = (code: number, reason: string): string => {
  const meaning = reason === '' ? MEANINGS.get(code) : reason;
  return meaning === undefined ? String(code) : `${code}, ${meaning}`;
};
