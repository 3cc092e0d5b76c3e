import { closeSync, openSync, readSync } from 'node:fs';

/** Reads a file that somebody else goes on writing, a line at a time. */
export class Tail {
  readonly #file: string;
  #descriptor: number | undefined;
  #position = 0;
  #rest = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** Whole lines that were written since the last time; none while there is no such file. */
  read(): readonly string[] {
    const descriptor = (this.#descriptor ??= opened(this.#file));
    if (descriptor === undefined) return [];
    const chunk = Buffer.alloc(1 << 16);
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunk.length, this.#position);
      if (length === 0) break;
      this.#position += length;
      // The recording is ASCII: no character is cut in two.
      this.#rest += chunk.toString('latin1', 0, length);
    }
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const opened = (file: string): number | undefined => {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
};
