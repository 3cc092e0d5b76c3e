import { z } from 'zod';

const Settings = z.object({
  SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  MINUTES: z.coerce.number().min(0.05).max(1_440).default(10),
  CASE: z.coerce.number().int().min(0).optional(),
});

export type Config = Readonly<{ seed: number; minutes: number; case: number | undefined; path: string }>;

const MOST_RANDOM_SEED = 9_999;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting */
export const readConfig = (environment = process.env): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = Settings.safeParse(given);
  if (!success) {
    throw new Error(error.issues.map(({ path: [name = ''], message }) => `${String(name)}: ${message}`).join('\n'));
  }
  return {
    seed: data.SEED ?? Math.floor(Math.random() * MOST_RANDOM_SEED),
    minutes: data.MINUTES,
    case: data.CASE,
    path: environment['PATH'] ?? '',
  };
};
