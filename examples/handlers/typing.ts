import { defineHandler, type HandlerSession } from 'switchyard/handlers';
import { z } from 'zod';

const schema = z.object({ room: z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and -') });

/** Whoever listens takes it back after this, s: a client that is gone says nothing any more. */
const SHOWN_SECONDS = 5;
/** A client that goes on typing is told of again after this, ms: each key pressed is a frame, but no publication. */
const AGAIN_AFTER_MS = 2_000;

type Told = Readonly<{ room: string; at: number }>;

/**
 * Who is typing in a room: `typing.start` at each key, `typing.stop` at the end. Who subscribes to `typing:<room>` is told
 * `{client_id, typing, seconds}`.
 */
const typingHandlers = () => {
  /** What was said last of each connection; it goes with it. */
  const told = new WeakMap<HandlerSession, Told>();
  return {
    start: defineHandler({
      type: 'typing.start',
      schema,
      async handle({ session, publish }, { room }) {
        const last = told.get(session);
        if (last?.room === room && Date.now() - last.at < AGAIN_AFTER_MS) return;
        told.set(session, { room, at: Date.now() });
        await publish(`typing:${room}`, { client_id: session.clientId, typing: true, seconds: SHOWN_SECONDS });
      },
    }),
    stop: defineHandler({
      type: 'typing.stop',
      schema,
      async handle({ session, publish }, { room }) {
        told.delete(session);
        await publish(`typing:${room}`, { client_id: session.clientId, typing: false });
      },
    }),
  };
};

export const { start, stop } = typingHandlers();
