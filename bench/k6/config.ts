import { z } from 'zod';
import { readConfig as readBench, type BenchConfig } from '../macro/config.js';
import { parseSettings, type Environment } from '../settings.js';

const Settings = z.object({
  SOCKETS: z.coerce.number().int().min(10).max(20_000).default(10_000),
  RATE: z.coerce.number().int().min(1).max(10_000).default(400),
  DURATION: z.coerce.number().int().min(10).max(600).default(30),
  ROUNDS: z.coerce.number().int().min(1).max(10).default(2),
});

export type K6BenchConfig = Readonly<{
  bench: BenchConfig;
  /** Users of k6. */
  sockets: number;
  /** Publishes a second of all rooms. */
  rate: number;
  seconds: number;
  /** Each loads one server and then the other one. */
  rounds: number;
  /** What k6 gets besides its plan. */
  environment: Environment;
}>;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting that is wrong */
export const readConfig = (environment: Environment = process.env): K6BenchConfig => {
  const data = parseSettings(Settings, environment);
  const bench = readBench({ ...environment, ONLY: undefined, SECONDS: undefined });
  return { bench, sockets: data.SOCKETS, rate: data.RATE, seconds: data.DURATION, rounds: data.ROUNDS, environment };
};
