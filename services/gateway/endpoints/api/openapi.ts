import { z } from 'zod';
import { batchSchemas } from './batch.js';
import type { Command } from './command.js';
import { PROBLEMS } from './problem.js';
import { problem } from './problem-schema.js';
import { listAnswer, listQuery, startAnswer, startRequest, taskAnswer } from './task-schemas.js';

type Schema = Readonly<Record<string, unknown>>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Schema => {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io, reused: 'inline' });
  return described;
};

const PROBLEM = { $ref: '#/components/schemas/Problem' };
const IDEMPOTENCY = { $ref: '#/components/parameters/IdempotencyKey' };

/** What may go wrong at any command, by its status. */
const problemResponses = (): Schema => {
  const byStatus = new Map<number, string[]>();
  for (const [name, { status }] of Object.entries(PROBLEMS)) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      { description: names.join(', '), content: { 'application/problem+json': { schema: PROBLEM } } },
    ]),
  );
};

type Operation = Readonly<{ name: string; summary: string; request: z.ZodType; answer: z.ZodType }>;

const operation = ({ name, summary, request, answer }: Operation, isIdempotent: boolean): Schema => ({
  post: {
    operationId: name,
    summary,
    ...(isIdempotent ? { parameters: [IDEMPOTENCY] } : {}),
    requestBody: { content: { 'application/json': { schema: schemaOf(request, 'input') } } },
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(answer, 'output') } } },
      ...problemResponses(),
    },
  },
});

const answers = (answer: z.ZodType): Schema => ({
  responses: {
    200: { description: 'Done', content: { 'application/json': { schema: schemaOf(answer, 'output') } } },
    ...problemResponses(),
  },
});
const taskId = { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } };

/** Tasks are things with a state: they have addresses, not commands. */
const taskPaths = (): Schema => ({
  '/api/tasks': {
    ...operation({ name: 'start_task', summary: 'Starts a task', request: startRequest, answer: startAnswer }, true),
    get: {
      operationId: 'list_tasks',
      summary: 'Tasks, the newest first',
      parameters: Object.entries(listQuery.shape).map(([name, schema]) => ({
        name,
        in: 'query',
        schema: schemaOf(schema, 'output'),
      })),
      ...answers(listAnswer),
    },
  },
  '/api/tasks/{id}': {
    get: { operationId: 'task', summary: 'A task as it stands', parameters: [taskId], ...answers(taskAnswer) },
  },
  '/api/tasks/{id}/cancel': {
    post: { operationId: 'cancel_task', summary: 'Ends a task', parameters: [taskId], ...answers(taskAnswer) },
  },
  '/api/tasks/{id}/retry': {
    post: {
      operationId: 'retry_task',
      summary: 'Runs a task again that failed or was cancelled',
      parameters: [taskId],
      ...answers(taskAnswer),
    },
  },
});

/** The OpenAPI 3.1 document of these commands, made of the very schemas that read their requests. */
export const openApiDocument = (commands: readonly Command[], release: string): Schema => ({
  openapi: '3.1.0',
  info: {
    title: 'Switchyard',
    version: release,
    description: 'What programs ask of the cluster. Every command is a POST of a JSON object; a batch holds many.',
  },
  security: [{ key: [] }, { bearer: [] }],
  paths: {
    ...Object.fromEntries(
      commands.map((command) => [`/api/${command.name}`, operation(command, command.scope === 'publish')]),
    ),
    ...taskPaths(),
    '/api/batch': operation(
      { name: 'batch', summary: 'Many commands, done and answered in their order', ...batchSchemas(commands) },
      true,
    ),
  },
  components: {
    schemas: { Problem: schemaOf(problem, 'output') },
    parameters: {
      IdempotencyKey: {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'The same request sent again with it publishes nothing twice; it is answered with the first place',
        schema: { type: 'string', pattern: '^[!-~]{1,64}$' },
      },
    },
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      bearer: { type: 'http', scheme: 'bearer' },
    },
  },
});
