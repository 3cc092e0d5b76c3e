import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineTask } from '../../services/task-queue/definition.js';

const SECTIONS = ['sales', 'stock', 'customers', 'forecast'];

/** A report that takes a while, 30 s where nobody says otherwise: whoever subscribes to `task:<id>` sees it grow. */
export const report = defineTask({
  name: 'report',
  schema: z.strictObject({
    title: z.string().min(1).max(200).default('Report'),
    seconds: z.number().min(0.1).max(600).default(30),
    steps: z.number().int().min(1).max(500).default(30),
  }),
  async run(context, { title, seconds, steps }) {
    await context.log(`${title}: ${steps} pages to write`);
    for (let page = 1; page <= steps; page += 1) {
      await delay((seconds * 1_000) / steps, undefined, { signal: context.signal });
      await context.progress(page, steps, SECTIONS[page % SECTIONS.length]);
    }
    return { title, pages: steps };
  },
});
