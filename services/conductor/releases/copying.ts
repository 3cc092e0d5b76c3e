import { copyFileSync, linkSync, mkdirSync, readdirSync, statSync, utimesSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

export type Wanted = (path: string) => boolean;

/**
 * Copies into a release what it needs. A file that the release before has in the same place, of the same size and time,
 * is shared with it (a hard link), as `rsync --link-dest` does it: releases are never written again, and most of each is
 * packages that few deploys change.
 */
export class Copying {
  readonly #to: string;
  readonly #before: string | undefined;

  /** @param before the release before; undefined: none */
  constructor(to: string, before?: string) {
    this.#to = to;
    this.#before = before;
  }

  /** A file, or a folder with all that `isWanted` of it, to `place` in the release. What links lead to is copied. */
  copy(from: string, place: string, isWanted: Wanted = () => true): void {
    const known = statSync(from);
    if (!known.isDirectory()) {
      mkdirSync(dirname(join(this.#to, place)), { recursive: true });
      this.#copyFile(from, place, known);
      return;
    }
    mkdirSync(join(this.#to, place), { recursive: true });
    for (const name of readdirSync(from)) {
      const path = join(from, name);
      if (isWanted(path)) this.copy(path, join(place, name), isWanted);
    }
  }

  #copyFile(from: string, place: string, known: Stats): void {
    const to = join(this.#to, place);
    if (this.#isShared(to, place, known)) return;
    copyFileSync(from, to);
    utimesSync(to, known.atime, known.mtime);
  }

  #isShared(to: string, place: string, { size, mtimeMs, mode }: Stats): boolean {
    if (this.#before === undefined) return false;
    const twin = join(this.#before, place);
    const there = statSync(twin, { throwIfNoEntry: false });
    // What a copy was given as its time is its source's to the millisecond.
    if (there?.size !== size || Math.abs(there.mtimeMs - mtimeMs) >= 1) return false;
    // Copies can be read by everybody: that alone may differ.
    if ((there.mode & ~READABLE) !== (mode & ~READABLE)) return false;
    try {
      linkSync(twin, to);
      return true;
    } catch {
      // Some file systems know no hard links, and each only so many of one file.
      return false;
    }
  }
}

/** The bits of a mode that are set for all, so that any user may run a release. */
const READABLE = 0o444;
