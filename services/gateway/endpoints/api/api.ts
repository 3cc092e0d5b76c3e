import type { JsonValue } from '../../../protocol/frames.js';
import { MAX_FRAME_BYTES } from '../../../protocol/limits.js';
import type { TaskQueue } from '../../../task-queue/task-queue.js';
import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { json, type HttpMethod, type HttpRequest, type HttpRoute } from '../../transport/http.js';
import type { Admin } from '../admin/admin.js';
import type { EndpointContext } from '../context.js';
import { answering, notUtf8, readBody, readIdempotencyKey } from './asking.js';
import { Batch } from './batch.js';
import { Callers, type CallersOptions } from './callers.js';
import { broadcastCommand } from './commands/broadcast.js';
import { channelsCommand } from './commands/channels.js';
import { disconnectCommand, sendCommand, subscribeCommand, unsubscribeCommand } from './commands/clients.js';
import { infoCommand, statsCommand } from './commands/cluster.js';
import { historyCommand } from './commands/history.js';
import { presenceCommand } from './commands/presence.js';
import { publishCommand } from './commands/publish.js';
import { checkScope, type Call, type Command } from './command.js';
import { openApiDocument } from './openapi.js';
import { Problem, problemResponse } from './problem.js';
import { createPublish } from './publications.js';
import { taskApiRoutes, taskMethods } from './task-routes.js';

/** Of a batch; each of its commands may have 64 KiB. */
const MAX_BATCH_BYTES = 1024 * 1024;

export type ApiOptions = Readonly<{
  context: EndpointContext;
  statistics: StatisticsReader;
  /** What asks all workers, and tells of who was disconnected. */
  admin: Pick<Admin, 'dismissals' | 'peers'>;
  /** Undefined: this worker has no Redis, and so no queue. */
  tasks: TaskQueue | undefined;
  release: string;
}> &
  Omit<CallersOptions, 'logger'>;

const createCommands = ({ context, statistics, admin }: ApiOptions): readonly Command[] => {
  const publish = createPublish(context);
  return [
    publishCommand(publish),
    broadcastCommand(publish),
    sendCommand(context.clients),
    historyCommand(context.log),
    presenceCommand(context.presence),
    channelsCommand(statistics, admin.peers),
    statsCommand(statistics),
    infoCommand(statistics),
    subscribeCommand(context.clients, context.sessions),
    unsubscribeCommand(context.clients, context.sessions),
    disconnectCommand(admin.dismissals),
  ];
};

/** `/api/*`: what programs ask of the cluster, with a key in a header. */
export const apiRoutes = (options: ApiOptions): readonly HttpRoute[] => {
  const { context, release } = options;
  const callers = new Callers({ ...options, logger: context.logger });
  const commands = createCommands(options);
  const byName = new Map(commands.map((command) => [command.name, command]));
  const failed = (command: string, error: unknown): void =>
    context.logger.error({ event: 'api_failed', command, error }, 'API command failed');
  const batch = new Batch(byName, failed);

  const callOf = (request: HttpRequest): Call => {
    const caller = callers.of(request.header);
    return {
      caller,
      metrics: caller.isOperator ? context.ownMetrics : context.metrics,
      idempotencyKey: readIdempotencyKey(request),
    };
  };
  const route = (
    name: string,
    maxBodyBytes: number,
    act: (input: JsonValue, call: Call) => Promise<unknown>,
  ): HttpRoute => ({
    method: 'post',
    path: `/api/${name}`,
    refuse: (head) => callers.refuse(head),
    maxBodyBytes,
    tooLarge: () => problemResponse(new Problem('too_large', `the body may have at most ${maxBodyBytes / 1024} KiB`)),
    notUtf8,
    handle: (request) =>
      answering(
        async () => {
          const call = callOf(request);
          return json(200, await act(readBody(request.body), call));
        },
        (error) => failed(name, error),
      ),
  });
  const document = openApiDocument(commands, release);
  const names = new Set([...byName.keys(), 'batch']);
  return [
    ...commands.map((command) =>
      route(command.name, MAX_FRAME_BYTES, (input, call) => {
        checkScope(command, call.caller);
        return command.run(input, call);
      }),
    ),
    route('batch', MAX_BATCH_BYTES, (input, call) => batch.run(input, call)),
    ...taskApiRoutes(options.tasks, callers, (error) => failed('tasks', error)),
    { method: 'get', path: '/api/openapi.json', handle: () => json(200, document) },
    ...METHODS.map((method) => unknownRoute(method, names)),
  ];
};

const METHODS: readonly HttpMethod[] = ['get', 'post', 'del', 'put', 'patch', 'options'];

/** What an address of the API may be asked for with; none: there is nothing at it. */
const methodsOf = (path: string, names: ReadonlySet<string>): readonly string[] => {
  const [, , name = '', ...rest] = path.replace(/\/$/, '').split('/');
  if (name === 'tasks') return taskMethods(rest);
  return names.has(name) && rest.length === 0 ? ['POST'] : [];
};

/** Whatever else is asked for below `/api/`. */
const unknownRoute = (method: HttpMethod, names: ReadonlySet<string>): HttpRoute => ({
  method,
  path: '/api/*',
  handle: ({ path }) => {
    const methods = methodsOf(path, names);
    return methods.length === 0 || methods.includes(method.toUpperCase())
      ? problemResponse(new Problem('not_found', `there is nothing at ${path}; /api/openapi.json says what there is`))
      : problemResponse(new Problem('method_not_allowed', `${path} is asked for with ${methods.join(' or ')}`), {
          Allow: methods.join(', '),
        });
  },
});
