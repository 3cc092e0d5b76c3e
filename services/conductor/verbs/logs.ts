import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from '../arguments.js';
import { Failure } from '../failure.js';
import { filterOf, formatLine, type FilterWords, type LogLine } from './log-lines.js';
import { LogTail } from './log-tail.js';

const LOOK_EVERY_MS = 250;
const DEFAULT_LINES = '100';

/** Prints the last lines; with `follow` it goes on until the reader goes away or SIGINT ends it. */
export const logs = async (folder: string, options: Options, filters: FilterWords): Promise<void> => {
  const given = (option: string, fallback: string | undefined): string | undefined => {
    const value = options[option];
    return typeof value === 'string' ? value : fallback;
  };
  const words: FilterWords = {
    LEVEL: given('level', filters.LEVEL),
    EVENT: given('event', filters.EVENT),
    COLOR: given('color', filters.COLOR),
    SINCE: given('since', filters.SINCE),
  };
  const asked = given('lines', filters.LINES) ?? DEFAULT_LINES;
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 0) {
    throw new Failure(`LINES=${asked} is not a number of lines`, { exitCode: 2 });
  }
  const isWanted = filterOf(words, Date.now());
  const tail = new LogTail(folder);
  const show = (lines: readonly LogLine[]): void => {
    for (const line of lines) process.stdout.write(`${options['json'] === true ? line.raw : formatLine(line)}\n`);
  };
  const lines = tail.read().filter(isWanted);
  if (lines.length === 0 && options['follow'] !== true) process.stderr.write(`No such lines in ${folder}.\n`);
  show(count === 0 ? [] : lines.slice(-count));
  while (options['follow'] === true && process.stdout.writable) {
    await sleep(LOOK_EVERY_MS);
    show(tail.read().filter(isWanted));
  }
};
