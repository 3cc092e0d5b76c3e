import { z } from 'zod';
import { readConfig as readBench, type BenchConfig } from '../macro/config.js';
import { SERIES_NAMES, type SeriesName } from './series.js';

const isSeries = (name: string): name is SeriesName => SERIES_NAMES.some((series) => series === name);
const Only = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((names) => names.every(isSeries), `some of ${SERIES_NAMES.join(',')}, with commas between them`)
  .transform((names) => names.filter(isSeries));

export type GrowthConfig = Readonly<{
  bench: BenchConfig;
  only: readonly SeriesName[];
  /** Where plots are written; undefined: beside the result. */
  plots: string | undefined;
  /** A result whose plots are drawn, and nothing measured. */
  from: string | undefined;
}>;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting that is wrong */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): GrowthConfig => {
  const { ONLY: only = '', PLOTS: plots = '', FROM: from = '' } = environment;
  const names = Only.safeParse(only === '' ? SERIES_NAMES.join(',') : only);
  if (!names.success) throw new Error(`ONLY=${only}: ${names.error.issues[0]?.message ?? 'is not allowed'}`);
  return {
    bench: readBench({ ...environment, ONLY: undefined }),
    only: names.data,
    plots: plots === '' ? undefined : plots,
    from: from === '' ? undefined : from,
  };
};
