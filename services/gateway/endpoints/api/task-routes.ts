import { createHash, randomUUID } from 'node:crypto';
import type { Task } from '../../../task-queue/task.js';
import { isTaskId } from '../../../task-queue/story.js';
import {
  NoTaskQueue,
  TaskConflict,
  TaskIdReused,
  TaskQueueFull,
  UnknownTask,
  WrongTaskData,
  type TaskQueue,
} from '../../../task-queue/task-queue.js';
import { json, type HttpMethod, type HttpRequest, type HttpRoute } from '../../transport/http.js';
import { answering, notUtf8, readBody, readIdempotencyKey } from './asking.js';
import type { Callers } from './callers.js';
import { invalidField, Problem, problemResponse } from './problem.js';
import { idOfKey } from './publications.js';
import { listQuery, startRequest } from './task-schemas.js';

/** Who asks, as far as idempotency keys are theirs. @throws Problem: they may not */
type Admit = (request: HttpRequest) => string;

type Operation = Readonly<{
  method: HttpMethod;
  /** Behind `/api/tasks`, or `/admin/api/tasks`. */
  path: '' | '/:id' | '/:id/cancel' | '/:id/retry';
  act(tasks: TaskQueue, request: HttpRequest, caller: string): Promise<unknown>;
}>;

const OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '',
    act: async (tasks, request, caller) => {
      const read = startRequest.safeParse(readBody(request.body));
      if (!read.success) throw invalidField(read.error);
      const { name, data, idempotency_key: own } = read.data;
      const key = own === undefined ? readIdempotencyKey(request) : idOfKey(own);
      return tasks.start({ name, data, id: key === undefined ? randomUUID() : idOf(caller, key) });
    },
  },
  {
    method: 'get',
    path: '',
    act: async (tasks, { query }) => {
      const read = listQuery.safeParse(Object.fromEntries(query));
      if (!read.success) throw invalidField(read.error);
      return { tasks: await tasks.list(read.data) };
    },
  },
  { method: 'get', path: '/:id', act: (tasks, request) => found(request, (id) => tasks.get(id)) },
  { method: 'post', path: '/:id/cancel', act: (tasks, request) => found(request, (id) => tasks.cancel(id)) },
  { method: 'post', path: '/:id/retry', act: (tasks, request) => found(request, (id) => tasks.retry(id)) },
];

/** With what an address is asked for, by the parts of it behind `/api/tasks`; none: there is nothing at it. */
export const taskMethods = ([id, ...action]: readonly string[]): readonly string[] => {
  const asked = id === undefined ? '' : ['/:id', ...action].join('/');
  return OPERATIONS.filter(({ path }) => path === asked).map(({ method }) => method.toUpperCase());
};

/** `/api/tasks`: for keys with the scope `tasks`. */
export const taskApiRoutes = (
  tasks: TaskQueue | undefined,
  callers: Callers,
  failed: (error: unknown) => void,
): readonly HttpRoute[] =>
  routes('/api/tasks', tasks, failed, ({ header }) => {
    const { name, scopes } = callers.of(header);
    if (scopes.includes('tasks')) return name;
    throw new Problem('forbidden', `tasks needs the scope tasks; the key ${name} has ${scopes.join(', ')}`);
  }).map((route) => ({ ...route, refuse: (head) => callers.refuse(head) }));

/** `/admin/api/tasks`: the same, for those who may see the admin page; whoever serves it covers it. */
export const taskAdminRoutes = (tasks: TaskQueue | undefined, failed: (error: unknown) => void): readonly HttpRoute[] =>
  routes('/admin/api/tasks', tasks, failed, () => '~admin');

const routes = (
  base: string,
  tasks: TaskQueue | undefined,
  failed: (error: unknown) => void,
  admit: Admit,
): readonly HttpRoute[] =>
  OPERATIONS.map(({ method, path, act }) => ({
    method,
    path: `${base}${path}`,
    tooLarge: () => problemResponse(new Problem('too_large', 'the body may have at most 64 KiB')),
    notUtf8,
    handle: (request) =>
      answering(async () => {
        const caller = admit(request);
        if (tasks === undefined) throw new Problem('no_tasks', new NoTaskQueue().message);
        return json(200, await told(act(tasks, request, caller)));
      }, failed),
  }));

const told = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnknownTask) throw new Problem('invalid_field', `name: ${error.message}`, 'name');
    if (error instanceof TaskConflict) throw new Problem('conflict', error.message);
    if (error instanceof TaskIdReused) throw new Problem('key_reused', error.message);
    if (error instanceof TaskQueueFull) throw new Problem('overloaded', error.message);
    if (!(error instanceof WrongTaskData)) throw error;
    throw invalidField(error.reason, 'data');
  }
};

const found = async (request: HttpRequest, ask: (id: string) => Promise<Task | undefined>): Promise<Task> => {
  const [id = ''] = request.path.split('/tasks/')[1]?.split('/') ?? [];
  const task = isTaskId(id) ? await ask(id) : undefined;
  if (task === undefined) throw new Problem('not_found', `there is no task ${id.slice(0, 80)}`);
  return task;
};

/** The same key of the same caller is the same task. */
const idOf = (caller: string, key: string): string =>
  createHash('sha256').update(`${caller}:${key}`).digest('base64url').slice(0, 32);
