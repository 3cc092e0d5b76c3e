import { z } from 'zod';
import { parseSettings, type Environment } from '../settings.js';
import { cacheFolder } from '../../services/conductor/engines/local/tools.js';

export const BENCHES = ['echo', 'fanout', 'publish', 'idle', 'latency', 'start', 'recover'] as const;
export type BenchName = (typeof BENCHES)[number];

const isBench = (name: string): name is BenchName => BENCHES.some((bench) => bench === name);

const settings = z.object({
  ONLY: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((names) => names.every(isBench), `some of ${BENCHES.join(',')}, with commas between them`)
    .transform((names) => names.filter(isBench))
    .default([...BENCHES]),
  SECONDS: z.coerce.number().min(1).max(600).optional(),
  QUICK: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  AGAINST: z.string().min(1).optional(),
  PROFILE: z.string().min(1).optional(),
});

export type BenchConfig = Readonly<{
  only: readonly BenchName[];
  isQuick: boolean;
  /** Of each measurement. */
  seconds: number;
  /** Each round measures ours and what it is compared with, one after the other. */
  rounds: number;
  /** With which result the last one is compared; undefined: with the reference. */
  against: string | undefined;
  /** Where each server leaves a profile of its CPU when it ends. It costs it a little. */
  profiles: string | undefined;
  /** Where the load client is kept. */
  cache: string;
}>;

const WHOLE = { seconds: 5, rounds: 3 };
const QUICK = { seconds: 2, rounds: 1 };

/** The process's environment: the only place that reads it. @throws {Error} naming the setting that is wrong */
export const readConfig = (environment: Environment = process.env): BenchConfig => {
  const { ONLY, SECONDS, QUICK: quick, AGAINST, PROFILE } = parseSettings(settings, environment);
  const isQuick = quick === '1';
  const { seconds, rounds } = isQuick ? QUICK : WHOLE;
  return {
    only: ONLY,
    isQuick,
    seconds: SECONDS ?? seconds,
    rounds,
    against: AGAINST,
    profiles: PROFILE,
    cache: cacheFolder(environment),
  };
};
