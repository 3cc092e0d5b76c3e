import { z } from 'zod';
import { pathsIn } from '../application/modules.js';

const range = (what: string, least: number, most: number): string =>
  `${what} from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
const seconds = (fallback: number, least: number, most: number) => {
  const error = range('seconds,', least, most);
  return z.coerce.number({ error }).min(least, { error }).max(most, { error }).default(fallback);
};
const count = (fallback: number, least: number, most: number) => {
  const error = range('a whole number', least, most);
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error }).default(fallback);
};
const oneOf = <const Word extends string>(words: readonly [Word, ...Word[]], fallback: NoInfer<Word>) =>
  z.enum(words, { error: `one of ${words.join(', ')}` }).default(fallback);

/** Redis counts no further in one step. */
const MOST = 2 ** 31 - 1;

/** Every setting of a task worker; docs/OPERATIONS.md, Settings of a task worker. Times are seconds. */
export const settings = z.object({
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// or rediss:// address' }),
  TASKS: z.string().default('').transform(pathsIn),
  TASK_CONCURRENCY: count(5, 1, 1_000),
  TASK_LEASE: seconds(10, 1, 3_600),
  TASK_TIMEOUT: seconds(3_600, 0.1, 604_800),
  TASK_DRAIN: seconds(20, 0, 3_600),
  SESSION_TTL: count(3_600, 1, MOST),
  HISTORY_SIZE: count(1_000, 1, MOST),
  PORT: count(8201, 0, 65_535),
  HOST: z.string().default('127.0.0.1'),
  COLOR: oneOf(['blue', 'green'], 'blue'),
  WORKER: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, '1 to 32 letters, digits, _ or -')
    .default('1'),
  RELEASE: z.string().max(100, 'at most 100 characters').default('dev'),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
});

export type TasksConfig = Readonly<z.infer<typeof settings>>;

/** A setting is missing or wrong; each line names one. */
export class TasksConfigError extends Error {
  override readonly name = 'TasksConfigError';
}

/** @throws TasksConfigError; no message holds what stands before the @ of an address */
export const readTasksConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TasksConfig => {
  const given = Object.fromEntries(
    Object.keys(settings.shape).flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const { data, error } = settings.safeParse(given);
  if (data !== undefined) return data;
  const lines = error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const value = given[name];
    const shown = value === undefined ? 'is not set' : `=${JSON.stringify(value.replace(/(?<=\/\/)[^@/]*@/, '…@'))}`;
    return value === undefined ? `${name} ${shown}: ${message}` : `${name}${shown}: ${message}`;
  });
  throw new TasksConfigError(lines.join('\n'));
};
