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

/** A close code in words (docs/PROTOCOL.md, Close codes). */
export const closeMeaning = (code: number, reason: string): string => {
  const meaning = reason === '' ? MEANINGS.get(code) : reason;
  return meaning === undefined ? String(code) : `${code}, ${meaning}`;
};
