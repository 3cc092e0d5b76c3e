import { z } from 'zod';
import { pathsIn } from '../application/modules.js';

const seconds = (fallback: number, least: number, most: number) =>
  z.coerce.number().min(least).max(most).default(fallback);

/** Every setting of a task worker; docs/OPERATIONS.md, Settings of a task worker. Times are seconds. */
export const settings = z.object({
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'a redis:// or rediss:// address' }),
  TASKS: z.string().default('').transform(pathsIn),
  TASK_CONCURRENCY: z.coerce.number().int().min(1).max(1_000).default(5),
  TASK_LEASE: seconds(10, 1, 3_600),
  TASK_TIMEOUT: seconds(3_600, 0.1, 604_800),
  TASK_DRAIN: seconds(20, 0, 3_600),
  SESSION_TTL: z.coerce.number().int().min(1).default(3_600),
  HISTORY_SIZE: z.coerce.number().int().min(1).default(1_000),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8201),
  HOST: z.string().min(1).default('127.0.0.1'),
  COLOR: z.enum(['blue', 'green']).default('blue'),
  WORKER: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, '1 to 32 letters, digits, _ or -')
    .default('1'),
  RELEASE: z.string().min(1).max(100).default('dev'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
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
