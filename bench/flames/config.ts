import { join } from 'node:path';
import { z } from 'zod';
import { readConfig as readBench, type BenchName } from '../macro/config.js';
import { RESULTS } from '../macro/places.js';

const Seconds = z.coerce.number().min(1).max(600).default(5);
const BY_DEFAULT = 'echo,fanout,publish,idle';

export type FlamesConfig = Readonly<{
  only: readonly BenchName[];
  seconds: number;
  /** Where the graphs are written. */
  folder: string;
  /** What a bench gets besides. */
  environment: Readonly<Record<string, string | undefined>>;
}>;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting that is wrong */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): FlamesConfig => {
  const { only } = readBench({ ...environment, ONLY: environment['ONLY'] || BY_DEFAULT });
  const seconds = Seconds.safeParse(environment['SECONDS'] || undefined);
  if (!seconds.success) throw new Error(`SECONDS=${environment['SECONDS'] ?? ''}: a number from 1 to 600`);
  const folder = environment['FLAMES'] || join(RESULTS, 'flames');
  return { only, seconds: seconds.data, folder, environment };
};
