import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const BLOCK_BYTES = 1_000_000;
const NEW_LINE = 0x0a;
const BRACE = 0x7b;

/**
 * What a log holds: its file, and those that were put aside before it (`.1`, the newest of them, `.2` …), as one. It is read
 * from its end, as far as somebody asks.
 */
export class LogPast {
  readonly #path: string;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The place behind the last whole line of the file itself; known with the first piece. */
  get end(): number {
    return this.#end;
  }

  /**
   * Whole lines, in pieces of about a megabyte: the newest piece first, in each the oldest line. A piece begins with a line
   * of a logger: a bare one belongs to the line before it. A line that is in two files is one.
   */
  *pieces(): Generator<readonly string[], void, void> {
    const files = openAll(this.#path);
    try {
      let rest: Buffer = Buffer.alloc(0);
      for (const [age, { file, size }] of files.entries()) {
        for (let to = size; to > 0; to = Math.max(0, to - BLOCK_BYTES)) {
          const from = Math.max(0, to - BLOCK_BYTES);
          const block = readBlock(file, from, to);
          const isNewest = age === 0 && to === size;
          const whole = isNewest ? block.subarray(0, block.lastIndexOf(NEW_LINE) + 1) : block;
          if (isNewest) this.#end = size - (block.length - whole.length);
          const text = Buffer.concat([whole, rest]);
          const begin = from === 0 && text[0] === BRACE ? 0 : beginOfLine(text);
          rest = text.subarray(0, begin);
          if (begin < text.length) yield linesOf(text.subarray(begin));
        }
      }
      if (rest.length > 0) yield linesOf(rest);
    } finally {
      for (const { file } of files) closeSync(file);
    }
  }
}

type Opened = Readonly<{ file: number; size: number; inode: number }>;

/** The newest first; all at once, since one may be put aside meanwhile, which is then met twice. */
const openAll = (path: string): readonly Opened[] => {
  const files: Opened[] = [];
  for (let age = 0; ; age += 1) {
    const file = openIfThere(age === 0 ? path : `${path}.${age}`);
    if (file === undefined) return files;
    const { size, ino: inode } = fstatSync(file);
    if (files.some((known) => known.inode === inode)) closeSync(file);
    else files.push({ file, size, inode });
  }
};

const openIfThere = (path: string): number | undefined => {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
};

const readBlock = (file: number, from: number, to: number): Buffer => {
  const block = Buffer.alloc(to - from);
  return block.subarray(0, readSync(file, block, 0, block.length, from));
};

/** Of the first one of a logger behind another; the end where there is none. */
const beginOfLine = (text: Buffer): number => {
  const end = text.indexOf('\n{');
  return end < 0 ? text.length : end + 1;
};

const linesOf = (text: Buffer): readonly string[] =>
  text
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
