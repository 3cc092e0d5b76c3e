import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure, messageOf } from '../failure.js';
import type { Moment, Share } from './figures.js';

const milliseconds = z.number().positive();
const share = z.number().min(0).max(1);
const limits = {
  event_loop_lag_ms: milliseconds,
  redis_round_trip_ms: milliseconds,
  delivery_lag_ms: milliseconds,
  publish_failures: share,
  resume_failures: share,
  recovery_failures: share,
};

const Thresholds = z.strictObject({
  /** Over one of these the new color is given nobody more for the moment. */
  pause: z.strictObject(limits),
  /** Over one of these the deploy is taken back. */
  bake: z.strictObject({ ...limits, unexpected_closes: share, turned_away: share }),
  /** The share of a machine's cores at which a move grows no faster, and from which on it slows down. */
  host_busy: z.strictObject({ enough: share, too_much: share }),
  /** So many of the last ten looks over a figure of the moment are a breach: one alone is noise. */
  looks_over: z.number().int().min(1).max(10),
  /** Fewer failures than these are nobody's fault. */
  least_failures: z.number().int().min(1),
});
export type Thresholds = Readonly<z.infer<typeof Thresholds>>;
/** What has no limit here is not judged. */
export type Limits = Readonly<Partial<Record<Moment | Share, number>>>;

/** @throws {Failure} naming the file and what is wrong in it */
export const readThresholds = (path: string): Thresholds => {
  let parsed;
  try {
    parsed = Thresholds.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Failure(`THRESHOLDS=${path} can't be read: ${messageOf(error)}`, { exitCode: 2, cause: error });
  }
  if (parsed.success) return parsed.data;
  throw new Failure(`THRESHOLDS=${path}: ${z.prettifyError(parsed.error)}`, { exitCode: 2 });
};
