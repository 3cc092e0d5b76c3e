import type { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings by variables of their names; what is empty was not given. @throws {Error} naming the first that is wrong, and its value */
export const parseSettings = <T extends z.ZodObject>(settings: T, environment: Environment): z.output<T> => {
  const given = Object.fromEntries(Object.keys(settings.shape).map((name) => [name, environment[name] || undefined]));
  const result = settings.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = String(issue?.path[0]);
  throw new Error(`${name}=${given[name] ?? ''}: ${issue?.message ?? 'is not allowed'}`);
};
