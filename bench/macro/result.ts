import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../services/protocol/json.js';
import { Figure } from './figure.js';
import { Machine } from './machine.js';

/** What a run came to. */
export const Result = z.object({
  machine: Machine,
  seconds: z.number(),
  rounds: z.number(),
  isQuick: z.boolean(),
  /** What others took of the machine while something was measured. */
  othersShare: z.number(),
  figures: z.array(Figure),
});
export type Result = Readonly<z.infer<typeof Result>>;

/** Where it was written. */
export const writeResult = (folder: string, result: Result): string => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${result.machine.date.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
};

/** @throws {Error} in words when there is no such file, or it is no result */
export const readResult = (file: string): Result => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} can't be read`);
  }
  const result = Result.safeParse(parseJson(text));
  if (!result.success) throw new Error(`${file} is no result of make bench`);
  return result.data;
};

/** The newest one. @throws {Error} when there is none */
export const lastResult = (folder: string): string => {
  try {
    const newest = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .at(-1);
    if (newest !== undefined) return join(folder, newest);
  } catch {
    // No run has made it.
  }
  throw new Error('There is no result to compare yet: make bench');
};
