import { z } from 'zod';
import { defineCommand, type Command } from '../command.js';
import { channel, data, from, idempotencyKey } from '../fields.js';
import { problem } from '../problem-schema.js';
import { problemOf } from '../problem.js';
import type { Publish } from '../publications.js';
import { published } from './publish.js';

const MAX_CHANNELS = 100;

/** The same message to many channels; each succeeds or fails by itself. */
export const broadcastCommand = (publish: Publish): Command =>
  defineCommand({
    name: 'broadcast',
    scope: 'publish',
    summary: 'Publishes the same to many channels. Each result has the place, or the problem, of one of them',
    request: z.strictObject({
      channels: z
        .array(channel, `must be a list of 1 to ${MAX_CHANNELS} channels`)
        .min(1, `must name 1 to ${MAX_CHANNELS} channels`)
        .max(MAX_CHANNELS, `must name 1 to ${MAX_CHANNELS} channels`),
      data,
      from,
      idempotency_key: idempotencyKey,
    }),
    answer: z.object({ results: z.array(z.union([published, z.object({ channel: z.string(), problem })])) }),
    act: async ({ channels, data, from, idempotency_key: key }, call) => ({
      results: await Promise.all(
        channels.map(async (channel) => {
          try {
            return await publish({ channel, data, from, idempotencyKey: key }, call);
          } catch (error) {
            const told = problemOf(error);
            if (told === undefined) throw error;
            return { channel, problem: told.body };
          }
        }),
      ),
    }),
  });
