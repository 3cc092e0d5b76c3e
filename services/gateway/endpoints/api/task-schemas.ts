import { z } from 'zod';
import { TASK_STATES } from '../../../task-queue/task.js';
import { data, idempotencyKey } from './fields.js';

const MAX_LIMIT = 200;
const LIMIT = `must be a whole number from 1 to ${MAX_LIMIT}`;
const NAME = 'must be the name of a task';

export const startRequest = z.strictObject({
  name: z.string(NAME).min(1, NAME).max(64, NAME).meta({ description: 'What is to be run' }),
  data: data.optional().transform((given) => (given === undefined ? {} : given)),
  idempotency_key: idempotencyKey,
});

/** Of the address: numbers are text there. */
export const listQuery = z.strictObject({
  state: z.enum(TASK_STATES, `must be one of ${TASK_STATES.join(', ')}`).optional(),
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(MAX_LIMIT, LIMIT).default(50),
});

const time = z.string().nullable();
export const taskAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    data: z.unknown(),
    state: z.enum(TASK_STATES),
    attempt: z.number().int().meta({ description: 'How often it was begun' }),
    progress: z.object({ n: z.number(), of: z.number(), note: z.string().optional() }).nullable(),
    result: z.unknown(),
    error: z.string().nullable(),
    queued_at: z.string(),
    started_at: time,
    ended_at: time,
  })
  .meta({ description: 'A task; what becomes of it is published on task:<id>' });
export const startAnswer = z.object({ task: taskAnswer, duplicate: z.boolean() });
export const listAnswer = z.object({ tasks: z.array(taskAnswer) });
