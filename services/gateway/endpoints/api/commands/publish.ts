import { z } from 'zod';
import { defineCommand, type Command } from '../command.js';
import { channel, data, from, idempotencyKey, place } from '../fields.js';
import type { Publish } from '../publications.js';

/** Of a publish: where it is, and whether it had been done before. */
export const published = z.object({ ...place, duplicate: z.boolean() });

export const publishCommand = (publish: Publish): Command =>
  defineCommand({
    name: 'publish',
    scope: 'publish',
    summary: 'Publishes to a channel',
    request: z.strictObject({ channel, data, from, idempotency_key: idempotencyKey }),
    answer: published,
    act: ({ channel, data, from, idempotency_key: key }, call) =>
      publish({ channel, data, from, idempotencyKey: key }, call),
  });
