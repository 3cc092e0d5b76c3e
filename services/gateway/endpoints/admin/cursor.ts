import { z } from 'zod';
import { parseJson } from '../../../protocol/json.js';
import { SORTS, type Direction, type Place, type Sort } from './order.js';

const shape = z.tuple([
  z.enum(SORTS),
  z.enum(['asc', 'desc']),
  z.union([z.string().max(200), z.number()]),
  z.string().max(64),
]);

/** Behind which row a page begins, as people pass it on: opaque, and safe in a query. */
export const writeCursor = (sort: Sort, direction: Direction, { key, id }: Place): string =>
  Buffer.from(JSON.stringify([sort, direction, key, id])).toString('base64url');

/** Undefined: not one of this order. */
export const readCursor = (text: string, sort: Sort, direction: Direction): Place | undefined => {
  const { data } = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (data === undefined || data[0] !== sort || data[1] !== direction) return undefined;
  return { key: data[2], id: data[3] };
};
