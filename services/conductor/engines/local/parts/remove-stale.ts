import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedFile } from './part.js';

/** Removes what is in the folders, and in those within, and is none of `wanted`. Returns how many files that were. */
export const removeStale = (folders: readonly string[], wanted: readonly RenderedFile[]): number => {
  const paths = new Set(wanted.map(({ path }) => path));
  const stale = folders.flatMap(filesIn).filter((path) => !paths.has(path));
  for (const path of stale) rmSync(path, { force: true });
  return stale.length;
};

const filesIn = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
};
