import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadQuery, LokiAway } from '../../loki/query.js';
import type { Options } from '../arguments.js';
import { Failure } from '../failure.js';
import { wantedBy, type FilterWords } from './log-filters.js';
import { formatLine, type LogLine } from './log-lines.js';
import { FileSource, type LogSource } from './log-source.js';
import { logqlOf } from './logql.js';
import { LokiSource } from './loki-source.js';

export type LogPlaces = Readonly<{
  folder: string;
  /** Undefined: the stack has no Loki. */
  lokiUrl: string | undefined;
}>;

const LOOK_EVERY_MS = 250;
const LOOK_INTO_LOKI_EVERY_MS = 1_000;
const DEFAULT_LINES = '100';
/** What a query says itself. */
const NOT_WITH_QUERY = ['LEVEL', 'EVENT', 'COLOR', 'SESSION'] as const;

type Reading = Readonly<{ source: LogSource; everyMs: number; where: string }>;

/** Prints the last lines; where it follows it goes on until the reader goes away or SIGINT ends it. @throws {Failure} */
export const logs = async (places: LogPlaces, options: Options, settings: FilterWords): Promise<void> => {
  const words = withOptions(settings, options);
  const count = countOf(words.LINES ?? DEFAULT_LINES);
  const { reading, last } = await begin(places, words, count);
  const show = (lines: readonly LogLine[]): void => {
    for (const line of lines) process.stdout.write(`${options['json'] === true ? line.raw : formatLine(line)}\n`);
  };
  const isFollowing = follows(words, process.stdout.isTTY);
  if (last.length === 0 && !isFollowing) process.stderr.write(`No such lines in ${reading.where}.\n`);
  show(last);
  if (!isFollowing) return;
  let isAway = false;
  while (process.stdout.writable) {
    await sleep(reading.everyMs);
    try {
      show(await reading.source.next());
      isAway = false;
    } catch (error) {
      if (!(error instanceof LokiAway)) throw failureOfQuery(error);
      if (!isAway) process.stderr.write(`${reading.where} does not answer (${error.message}): waiting for it.\n`);
      isAway = true;
    }
  }
};

/** On a terminal, where nothing says which lines: the seed's "view logs". In a script it prints and ends. */
export const follows = ({ FOLLOW, LINES, SINCE, QUERY }: FilterWords, isTerminal: boolean): boolean => {
  if (FOLLOW !== undefined) return FOLLOW !== '0';
  return isTerminal && LINES === undefined && SINCE === undefined && QUERY === undefined;
};

const withOptions = (settings: FilterWords, options: Options): FilterWords => {
  const given = Object.entries(options).flatMap(([name, value]) => {
    if (name === 'json' || value === undefined) return [];
    return [[name.toUpperCase(), typeof value === 'string' ? value : '1'] as const];
  });
  return { ...settings, ...Object.fromEntries(given) };
};

const countOf = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new Failure(`LINES=${text} is not a number of lines`, { exitCode: 2 });
};

const placeOf = (word: string | undefined): 'loki' | 'files' | undefined => {
  if (word === undefined || word === 'loki' || word === 'files') return word;
  throw new Failure(`FROM=${word} is not one of loki, files`, { exitCode: 2 });
};

/** From Loki where it answers, else from the files, unless one of them was asked for. */
const begin = async (
  { folder, lokiUrl }: LogPlaces,
  words: FilterWords,
  count: number,
): Promise<Readonly<{ reading: Reading; last: readonly LogLine[] }>> => {
  const wanted = wantedBy(words, Date.now());
  const { QUERY } = words;
  const surplus = NOT_WITH_QUERY.find((name) => QUERY !== undefined && words[name] !== undefined);
  if (surplus !== undefined) {
    throw new Failure(`QUERY= and ${surplus}= do not go together: let the query say it`, { exitCode: 2 });
  }
  const from = placeOf(words.FROM);
  if (from === 'files' && QUERY !== undefined) {
    throw new Failure('QUERY= and FROM=files do not go together: only Loki answers queries', { exitCode: 2 });
  }
  if (lokiUrl === undefined || from === 'files') {
    if (from === 'loki') throw new Failure(`FROM=loki: this stack ships its lines to no Loki. ${GET_LOKI}`);
    if (QUERY !== undefined)
      throw new Failure(`QUERY= needs Loki, and this stack ships its lines to none. ${GET_LOKI}`);
  } else {
    const query = QUERY ?? logqlOf(wanted);
    const source = new LokiSource({ url: lokiUrl, query, since: wanted.since });
    try {
      const last = await source.last(count);
      return { reading: { source, everyMs: LOOK_INTO_LOKI_EVERY_MS, where: `Loki at ${lokiUrl}` }, last };
    } catch (error) {
      if (!(error instanceof LokiAway)) throw failureOfQuery(error);
      if (QUERY !== undefined || from === 'loki') {
        const asked = QUERY === undefined ? 'FROM=loki' : 'QUERY=';
        throw new Failure(`${asked} needs Loki, and ${lokiUrl} does not answer: ${error.message}. ${GET_LOKI}`, {
          cause: error,
        });
      }
      process.stderr.write(`From the files in ${folder}: no Loki at ${lokiUrl}.\n`);
    }
  }
  if (!existsSync(folder)) {
    throw new Failure(`There is no log in ${folder}: "make dev-up" starts a stack there, RUN_DIR= names another one.`);
  }
  const source = new FileSource(folder, wanted);
  return { reading: { source, everyMs: LOOK_EVERY_MS, where: folder }, last: await source.last(count) };
};

const GET_LOKI = '"make setup-observability" builds it, "make dev-up" starts it.';

const failureOfQuery = (error: unknown): unknown =>
  error instanceof BadQuery ? new Failure(`Loki: ${error.message}`, { exitCode: 2, cause: error }) : error;
