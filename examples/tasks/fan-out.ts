import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineTask } from '../../services/task-queue/definition.js';

const AT_A_TIME = 10;
const TOLD_STEPS = 20;

/** Many small pieces of work, a few at a time; how far it is, is told in twenty steps. */
export const fanOut = defineTask({
  name: 'fan-out',
  schema: z.strictObject({
    items: z.number().int().min(1).max(10_000).default(200),
    milliseconds: z.number().min(0).max(1_000).default(20),
  }),
  attempts: 3,
  async run(context, { items, milliseconds }) {
    const every = Math.max(1, Math.ceil(items / TOLD_STEPS));
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      while (next < items) {
        next += 1;
        await delay(milliseconds, undefined, { signal: context.signal });
        done += 1;
        if (done % every === 0 || done === items) await context.progress(done, items);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items) }, work));
    return { items: done };
  },
});
