import { constants, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Layout } from '../layout.js';
import { isReachable, type RunUser } from '../run-user.js';

/** The binary itself where the user gets to it, else the same file (or a copy, on another disk) in the run directory. */
export const withinReach = (binary: string, layout: Layout, user: RunUser | undefined): string => {
  if (user === undefined || isReachable(binary, user)) return binary;
  const target = join(layout.runDir, 'bin', basename(binary));
  const [wanted, found] = [statSync(binary), existsSync(target) ? statSync(target) : undefined];
  if (found?.size === wanted.size && found.mtimeMs >= wanted.mtimeMs) return target;
  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  try {
    linkSync(binary, fresh);
  } catch {
    copyFileSync(binary, fresh, constants.COPYFILE_FICLONE);
  }
  renameSync(fresh, target);
  return target;
};
