import { readFileSync } from 'node:fs';
import type { BrokerLimits } from '../engine.js';
import { askInline } from './redis-inline.js';

const PERSISTENCE = ['appendonly', 'appendfsync'] as const;
const BUFFERS = 'client-output-buffer-limit';
const EVICTION = 'maxmemory-policy';
/** What is asked of it, each by a CONFIG GET. */
export const REDIS_SETTINGS = [BUFFERS, EVICTION, ...PERSISTENCE];

/** What a Redis runs with; undefined when it does not say. `wantedFile` is the configuration that it was started with. */
export const readRedisSettings = async (port: number, wantedFile: string): Promise<BrokerLimits | undefined> => {
  try {
    // One question each: several at once are understood from Redis 7 on.
    const text = await askInline(
      port,
      REDIS_SETTINGS.map((name) => `CONFIG GET ${name}`),
    );
    const wanted = readFileSync(wantedFile, 'utf8');
    return parseRedisSettings((name) => answerIn(text, name), wanted);
  } catch {
    return undefined;
  }
};

/** @param answers the answers to CONFIG GET, as they came */
export const answerIn = (answers: string, name: string): string | undefined =>
  new RegExp(`\\$\\d+\\r\\n${name}\\r\\n\\$\\d+\\r\\n([^\\r]*)`).exec(answers)?.[1];

/** @param found what it says of each setting */
export const parseRedisSettings = (
  found: (name: string) => string | undefined,
  wanted: string,
): BrokerLimits | undefined => {
  const buffers = / ?pubsub (\d+) (\d+) \d+/.exec(found(BUFFERS) ?? '');
  const policy = found(EVICTION);
  if (buffers === null || policy === undefined) return undefined;
  const [hard, soft] = [Number(buffers[1]), Number(buffers[2])];
  return {
    pubsubBuffer: {
      setting: `${BUFFERS} pubsub`,
      value: Math.min(...[hard, soft].map((bytes) => (bytes === 0 ? Infinity : bytes))),
    },
    eviction: { setting: EVICTION, value: policy },
    persistence: PERSISTENCE.map((setting) => ({
      setting,
      wanted: new RegExp(`^${setting}\\s+(\\S+)`, 'm').exec(wanted)?.[1],
      found: found(setting),
    })),
  };
};
