import { renameSync, writeFileSync } from 'node:fs';
import { textOf } from '../log-files.js';

/** Writes a file by a rename where its text is another one. Returns whether it was. */
export const replaceFile = (path: string, text: string, mode: number): boolean => {
  if (textOf(path) === text) return false;
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode });
  renameSync(fresh, path);
  return true;
};
