import { chownSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { textOf } from '../log-files.js';
import type { RunUser } from '../run-user.js';

/**
 * Writes a file by a rename where its text, or whose it is, is another: `owner`'s, or ours. Returns whether it was.
 * A link that somebody has put there is replaced, and never followed.
 */
export const replaceFile = (path: string, text: string, mode: number, owner?: RunUser): boolean => {
  if (textOf(path) === text && isOwnedBy(path, owner?.uid ?? process.getuid?.())) return false;
  const fresh = `${path}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode, flag: 'wx' });
  if (owner !== undefined) chownSync(fresh, owner.uid, owner.gid);
  renameSync(fresh, path);
  return true;
};

const isOwnedBy = (path: string, uid: number | undefined): boolean =>
  statSync(path, { throwIfNoEntry: false })?.uid === uid;
