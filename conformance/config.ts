import { z } from 'zod';

const Settings = z.object({
  CASES: z.string().default('1 2 3 4 5 6 7 9 10 12 13'),
  MINUTES: z.coerce.number().min(1).max(120).default(30),
});

export type Config = Readonly<{
  /** Sections and cases of the suite: `9`, `9.1.6`. */
  cases: readonly string[];
  /** At most. */
  minutes: number;
}>;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting */
export const readConfig = (environment = process.env): Config => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = Settings.safeParse(given);
  if (!success) {
    throw new Error(error.issues.map(({ path: [name = ''], message }) => `${String(name)}: ${message}`).join('\n'));
  }
  return { cases: data.CASES.split(/[\s,]+/).filter((name) => name !== ''), minutes: data.MINUTES };
};
