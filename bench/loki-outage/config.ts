import { z } from 'zod';

const Minutes = z.coerce.number().min(0.2).max(60).default(2);

export type Config = Readonly<{ minutes: number; environment: Readonly<Record<string, string | undefined>> }>;

/** The process's environment: the only place that reads it. @throws {Error} naming the setting */
export const readConfig = (): Config => {
  const { MINUTES } = process.env;
  const minutes = Minutes.safeParse(MINUTES === '' ? undefined : MINUTES);
  if (!minutes.success) throw new Error(`MINUTES=${MINUTES ?? ''}: must be a number from 0.2 to 60`);
  return { minutes: minutes.data, environment: process.env };
};
