import { Failure } from '../failure.js';
import type { Moved } from './move.js';
import type { Plan } from './plan.js';

/**
 * What falls short when connections had not moved within `seconds` and were only slow, in words.
 * @throws {Failure} when it was the new color that could not take them
 */
export const outOfTime = (
  { moved, left, refusedFor }: Omit<Moved, 'total'>,
  { from, to }: Pick<Plan, 'from' | 'to'>,
  seconds: number,
): string => {
  const within = `within ${seconds} s (DRAIN_TIMEOUT)`;
  if (refusedFor !== undefined) {
    throw new Failure(`${to} could not take over ${left} connections ${within}, paused by ${refusedFor}`);
  }
  if (moved === 0) throw new Failure(`${to} took over none of ${left} connections ${within}`);
  return `${left} connections had not moved ${within}: they go on moving, and the stop of ${from} moves the rest`;
};
