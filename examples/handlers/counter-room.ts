import { defineHandler } from 'switchyard/handlers';
import { z } from 'zod';

/**
 * A room with a counter that everybody sees: `counter.press` adds one to it, and is answered with the count. The counter is
 * the channel `counter:<room>` itself: each press is a publication, its offset the count. So it is exact over all workers,
 * survives each of them, and who subscribes to the channel sees it rise. It begins anew when nobody presses for so long
 * that the channel is forgotten.
 */
export const press = defineHandler({
  type: 'counter.press',
  schema: z.object({ room: z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and -') }),
  async handle(context, { room }) {
    const { offset } = await context.publish(`counter:${room}`, { by: context.session.clientId });
    context.reply({ room, count: offset });
  },
});
