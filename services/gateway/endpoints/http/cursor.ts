import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import type { ListPlace } from '../../cluster/connection-lists.js';

const shape = z.tuple([z.string().max(64), z.string().max(128), z.number().int().min(0)]);

/** A place in the list of connections, as people pass it on: opaque, and safe in a query. */
export const writeCursor = ({ startedAt, workerId, after }: ListPlace): string =>
  Buffer.from(JSON.stringify([startedAt, workerId, after])).toString('base64url');

/** Undefined: not one of ours. */
export const readCursor = (text: string): ListPlace | undefined => {
  const { data } = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (data === undefined) return undefined;
  const [startedAt, workerId, after] = data;
  return { startedAt, workerId, after };
};
