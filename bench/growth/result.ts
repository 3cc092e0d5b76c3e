import { z } from 'zod';
import { parseJson } from '../../services/protocol/json.js';
import { Machine } from '../macro/machine.js';
import { SERIES_NAMES } from './series.js';
import { readFileSync } from 'node:fs';

/** CPU in s a million deliveries, times in ms, memory in KiB a connection, `sustained` in deliveries a second. */
export const Point = z.object({
  x: z.number(),
  cpu: z.number(),
  redis: z.number(),
  p50: z.number(),
  p99: z.number(),
  sustained: z.number(),
  memory: z.number(),
  lost: z.number(),
});
export type Point = Readonly<z.infer<typeof Point>>;

export const KINDS = ['ours', 'uws-json'] as const;
const Growth = z.object({ name: z.enum(SERIES_NAMES), ours: z.array(Point), 'uws-json': z.array(Point) });
export type Growth = Readonly<z.infer<typeof Growth>>;

/** What a run came to. */
export const GrowthResult = z.object({
  machine: Machine,
  seconds: z.number(),
  othersShare: z.number(),
  growths: z.array(Growth),
});
export type GrowthResult = Readonly<z.infer<typeof GrowthResult>>;

/** @throws {Error} in words when there is no such file, or it is no result */
export const readGrowth = (file: string): GrowthResult => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} can't be read`);
  }
  const result = GrowthResult.safeParse(parseJson(text));
  if (!result.success) throw new Error(`${file} is no result of make bench-growth`);
  return result.data;
};
