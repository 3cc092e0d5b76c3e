import { z } from 'zod';
import type { ListPlace } from '../../cluster/connection-lists.js';

const shape = z.tuple([z.string().max(64), z.string().max(128), z.number().int().min(0)]);

/** A place in the list of connections, as people pass it on: opaque, and safe in a query. */
export const writeCursor = ({ startedAt, workerId, after }: ListPlace): string =>
  Buffer.from(JSON.stringify([startedAt, workerId, after])).toString('base64url');

/** Undefined: not one of ours. */
export const readCursor = (text: string): ListPlace | undefined => {
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (!parsed.success) return undefined;
    const [startedAt, workerId, after] = parsed.data;
    return { startedAt, workerId, after };
  } catch {
    return undefined;
  }
};
