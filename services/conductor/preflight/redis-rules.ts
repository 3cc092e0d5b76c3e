import type { Finding, Rule } from './facts.js';
import { clash, mustHold, shown } from './words.js';

/** A worker that stands still for so long is not cut off from pub/sub, s. */
const STALL = 5;
/** Bytes, whatever there is to carry: the lower one of Redis's own defaults. */
const LEAST_BUFFER = 8 * 1024 * 1024;

/** A worker that is cut off reads the log of every channel again, all at once. */
export const pubsubBufferHoldsStall: Rule = ({ limits: { broker }, busiest }) => {
  if (broker === undefined) return undefined;
  const perSecond = Math.ceil(busiest?.bytes_per_second ?? 0);
  return mustHold(
    { setting: 'busiest channel, bytes a second', value: perSecond },
    Math.max(LEAST_BUFFER, perSecond * STALL),
    broker.pubsubBuffer,
    `Redis would cut off a worker that pauses for less than ${STALL} s`,
  );
};

export const nothingIsEvicted: Rule = ({ limits: { broker }, build }) => {
  if (broker === undefined || build === undefined || broker.eviction.value === 'noeviction') return undefined;
  return clash(
    broker.eviction,
    { setting: 'HISTORY_TTL', value: build.HISTORY_TTL },
    'Redis would throw away logs, sessions and counts before their time',
    `set ${broker.eviction.setting} to noeviction`,
  );
};

/** Acked messages are kept as Redis keeps them; another persistence than planned may be meant. */
export const persistsAsPlanned: Rule = ({ limits: { broker } }): Finding | undefined => {
  const other = (broker?.persistence ?? []).filter(({ wanted, found }) => wanted !== found);
  if (other.length === 0) return undefined;
  const words = other.map(
    ({ setting, wanted, found }) =>
      `${shown({ setting, value: found ?? 'unknown' })} where redis.conf says ${wanted ?? 'nothing'}`,
  );
  return { kind: 'warning', words: `Redis does not keep its data as planned: ${words.join(', ')}` };
};
