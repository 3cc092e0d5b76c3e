import { join } from 'node:path';
import { z } from 'zod';
import { readConfig as readBench, type BenchName } from '../macro/config.js';
import { RESULTS } from '../macro/places.js';
import { parseSettings, type Environment } from '../settings.js';

const Settings = z.object({
  SECONDS: z.coerce.number().min(1).max(600).default(5),
  FLAMES: z.string().default(join(RESULTS, 'flames')),
});
const BY_DEFAULT = 'echo,fanout,publish,idle';

export type FlamesConfig = Readonly<{
  only: readonly BenchName[];
  seconds: number;
  /** Where the graphs are written. */
  folder: string;
  /** What a bench gets besides. */
  environment: Environment;
}>;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting that is wrong */
export const readConfig = (environment: Environment = process.env): FlamesConfig => {
  const { only } = readBench({ ...environment, ONLY: environment['ONLY'] || BY_DEFAULT });
  const { SECONDS: seconds, FLAMES: folder } = parseSettings(Settings, environment);
  return { only, seconds, folder, environment };
};
