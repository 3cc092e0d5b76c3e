import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Options } from '../arguments.js';
import type { Environment } from '../config.js';
import { Failure } from '../failure.js';
import type { Site } from '../site.js';
import { askApi, jsonOr, requireStack } from './ask-api.js';

const LOOK_EVERY_MS = 250;

const Started = z.object({ task: z.object({ id: z.string() }) });
const Place = z.object({ epoch: z.string(), offset: z.number() });
/** [task-1]: an event that this does not know is passed over. */
const Told = z.object({
  event: z.string(),
  attempt: z.number().optional(),
  again: z.boolean().optional(),
  n: z.number().optional(),
  of: z.number().optional(),
  note: z.string().optional(),
  text: z.string().optional(),
  error: z.string().optional(),
  result: z.unknown().optional(),
});
type Told = z.infer<typeof Told>;
/** Whatever else stands there, by a rule of the operator, tells nothing. */
const NotTold = z.unknown().transform((): Told => ({ event: '' }));
const Publication = z.union([Place.extend({ from: z.literal('tasks'), data: Told }), Place.extend({ data: NotTold })]);
const Story = z.object({ publications: z.array(Publication) });

/** What a person wants to be run. */
export type Order = Readonly<{ name: string; data: unknown; key: string | undefined; wait: boolean }>;

/** From the options, else from the environment. @throws {Failure} naming what is missing, or wrong */
export const orderFrom = (options: Options, environment: Environment): Order => {
  const given = (name: string): string | undefined => {
    const option = options[name];
    const value = typeof option === 'string' ? option : environment[name.toUpperCase()];
    return value === '' ? undefined : value;
  };
  const name = given('name');
  if (name === undefined) {
    throw new Failure(`NAME is missing: make task NAME=report DATA='{"seconds":10}'`, { exitCode: 2 });
  }
  const text = given('data') ?? '{}';
  const data = jsonOr(text, () => {
    throw new Failure(`DATA=${text} is no JSON, where names and texts have double quotes: DATA='{"seconds":10}'`, {
      exitCode: 2,
    });
  });
  const wait = given('wait') ?? '1';
  if (wait !== '0' && wait !== '1') {
    throw new Failure(`WAIT=${wait}: 0 prints the id of the task and leaves, 1 waits for its end`, { exitCode: 2 });
  }
  return { name, data, key: given('key'), wait: wait === '1' };
};

/** Starts a task and returns its id. @throws {Failure} in the API's own words */
export const startTask = async (site: Site, { name, data, key }: Order): Promise<string> => {
  await requireStack(site);
  const body = { name, data };
  const { task } = await askApi(site, { command: 'tasks', body, key, answer: Started, refused: 'Not started' });
  return task.id;
};

/** Prints what is told of a task, from its beginning to its end. True: it was done. @throws {Failure} */
export const followTask = async (site: Site, id: string, print: (line: string) => void): Promise<boolean> => {
  const channel = `task:${id}`;
  const workers = await site.stack.taskWorkers();
  if (!workers.some(({ pid }) => pid !== undefined)) {
    print('no task worker runs on this stack (TASK_WORKERS; "make status"): it waits until one does');
  }
  let since: z.infer<typeof Place> | undefined;
  for (;;) {
    const body = { channel, limit: 1_000, ...(since === undefined ? {} : { since }) };
    const { publications } = await askApi(site, {
      command: 'history',
      body,
      answer: Story,
      refused: `The story of ${id} can not be read`,
    });
    for (const { epoch, offset, data } of publications) {
      since = { epoch, offset };
      const words = wordsOf(data);
      if (words !== undefined) print(words);
      if (['done', 'failed', 'cancelled'].includes(data.event)) return data.event === 'done';
    }
    await sleep(LOOK_EVERY_MS);
  }
};

const wordsOf = ({ event, attempt, again, n, of, note, text, error, result }: Told): string | undefined => {
  switch (event) {
    case 'queued':
      return 'queued';
    case 'started':
      return `started${again === true ? ' once more: its worker was killed' : ''} (attempt ${attempt})`;
    case 'progress':
      return `${n} of ${of}${note === undefined ? '' : `  ${note}`}`;
    case 'log':
      return text;
    case 'retrying':
      return `failed, and is tried again: ${error}`;
    case 'returned':
      return 'its worker stops: another one will run it';
    case 'retried':
      return 'asked for once more';
    case 'done':
      return `done: ${JSON.stringify(result)}`;
    case 'failed':
      return `failed: ${error}`;
    case 'cancelled':
      return 'cancelled';
    default:
      return undefined;
  }
};
