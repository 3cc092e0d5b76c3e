import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isAlive } from './processes.js';
import { Failure, isErrno } from './failure.js';

const Holder = z.object({ pid: z.number(), verb: z.string(), since: z.string() });
export type LockHolder = Readonly<z.infer<typeof Holder>>;

/**
 * One verb at a time changes a stack; `path` lies in its run directory, which is there. The lock of a process that is gone is taken over.
 * @throws {Failure} with exit code 3, naming who holds it
 */
export const takeLock = (path: string, verb: string): (() => void) => {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, verb, since: new Date().toISOString() }));
  try {
    while (!link(mine, path)) {
      const holder = read(path);
      if (holder !== undefined && isAlive(holder.pid)) {
        throw new Failure(
          `"${holder.verb}" is at work on this stack (pid ${holder.pid}, since ${holder.since}): ` +
            'wait until it ends, or end it with SIGINT and it undoes what it did',
          { exitCode: 3 },
        );
      }
      takeAway(path, `${mine}.stale`, holder?.pid);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (read(path)?.pid === process.pid) rmSync(path, { force: true });
  };
};

/** The verb that is at work on the stack; undefined: none is, or the one that was is gone. */
export const lockHolder = (path: string): LockHolder | undefined => {
  const holder = read(path);
  return holder !== undefined && isAlive(holder.pid) ? holder : undefined;
};

/** Whether a verb that lives is at work on the stack. */
export const isLocked = (path: string): boolean => lockHolder(path) !== undefined;

/** Removes the lock of a dead holder, and puts it back when somebody living took it in between. */
const takeAway = (path: string, aside: string, dead: number | undefined): void => {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside)?.pid !== dead) link(aside, path);
  rmSync(aside, { force: true });
};

/** A link either makes the whole file appear at once, or fails: no reader sees half a lock. */
const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
};

const read = (path: string): LockHolder | undefined => {
  try {
    return Holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
};
