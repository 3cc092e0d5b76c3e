import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** The place behind the last byte of a log file; 0 when there is none. */
export const endOf = (path: string): number => {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
};

const MOST_BYTES = 1_000_000;

/** The text behind `from` (all of it when the file was rotated since), at most its last megabyte. */
export const readFrom = (path: string, from: number): string => {
  const end = endOf(path);
  return wholeFrom(path, Math.max(end < from ? 0 : from, end - MOST_BYTES));
};

/** The text behind `start`; empty when there is none. */
export const wholeFrom = (path: string, start: number): string => {
  const end = endOf(path);
  if (end <= start) return '';
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(end - start);
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, start)).toString('utf8');
  } finally {
    closeSync(file);
  }
};

/** A whole file; empty when there is none, or it can't be read. */
export const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
