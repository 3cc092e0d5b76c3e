import { z } from 'zod';
import { BadRequest } from './guard.js';

/** A search as people type it: blanks around it and capitals do not count. */
export const searchText = z
  .string()
  .max(100)
  .default('')
  .transform((text) => text.trim().toLowerCase());

/** The parameters of a query; an empty one counts as not given. @throws BadRequest naming one that is wrong */
export const readQuery = <Shape extends z.ZodRawShape>(
  shape: Shape,
  query: URLSearchParams,
): z.output<z.ZodObject<Shape>> => {
  const given = Object.fromEntries(
    Object.keys(shape).flatMap((name) => {
      const value = query.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = String(issue?.path[0]);
  throw new BadRequest(`${name}=${String(given[name]).slice(0, 80)}: ${issue?.message ?? 'is not allowed'}`);
};
