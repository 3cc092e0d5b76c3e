import { openSync, closeSync, ftruncateSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.js';

/** A publication of this load takes some 700 bytes of the file: between a few of them and a few dozen. */
const LEAST_BYTES = 1_500;
const MOST_BYTES = 25_000;

/**
 * A power failure: Redis comes back without the last that it had accepted, acked publications among it. Bytes are cut,
 * not commands; Redis leaves out the command that is cut in two (`aof-load-truncated`, on by default).
 */
export const cutLog: Fault = {
  name: 'redis-log-cut',
  does: 'stop Redis, cut the end off its append-only file, start it',
  touches: 'redis',
  healsWithin: 20,
  losesLog: true,
  async strike({ stack, random }) {
    const bytes = random.between(LEAST_BYTES, MOST_BYTES);
    await stack.stopRedis();
    try {
      const file = newestIncrement(stack.appendOnlyFolder);
      const descriptor = openSync(file, 'r+');
      ftruncateSync(descriptor, Math.max(0, statSync(file).size - bytes));
      closeSync(descriptor);
    } finally {
      await stack.startRedis();
    }
    await stack.redisServes();
    return `${bytes} bytes`;
  },
};

const newestIncrement = (folder: string): string => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.incr.aof'));
  const numberOf = (name: string): number => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1]);
  const newest = names.sort((a, b) => numberOf(a) - numberOf(b)).at(-1);
  if (newest === undefined) throw new Error(`there is no append-only file in ${folder}`);
  return join(folder, newest);
};
