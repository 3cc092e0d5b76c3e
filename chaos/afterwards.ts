import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { until } from '../services/conductor/waiting.js';
import type { ChaosStack } from './stack.js';

const Stats = z.object({ active_connections: z.number() });

/** A lease lasts five seconds, and a connection that was given up six. */
const COUNTED_WITHIN_MS = 15_000;
const EXAMPLES = 3;

/** What must hold when everything is over, beside what the clients saw. Returns what does not, in words. */
export const afterwards = async (stack: ChaosStack, clients: number): Promise<readonly string[]> => [
  ...(await countConnections(stack, clients)),
  ...crashes(stack.logs),
];

/** No connection of the chaos is left over in the count, and none of those that are there is missing. */
const countConnections = async (stack: ChaosStack, clients: number): Promise<readonly string[]> => {
  let seen = 'nothing';
  const right = await until(
    COUNTED_WITHIN_MS,
    async () => {
      try {
        const response = await fetch(`${stack.url}/ws-stats?limit=1`, { headers: { connection: 'close' } });
        seen = String(Stats.parse(await response.json()).active_connections);
      } catch (error) {
        seen = String(error);
      }
      return seen === String(clients) ? true : undefined;
    },
    { everyMs: 250 },
  );
  return right === undefined ? [`/ws-stats counts ${seen} connections, and there are ${clients}`] : [];
};

/** A worker that ended by an error of its own: no fault here is a reason for that. */
const crashes = (logs: string): readonly string[] => {
  const lines = readdirSync(logs)
    .filter((name) => /^(?:blue|green)-\d+\.log/.test(name))
    .flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'))
    .filter((line) => line.includes('"event":"crash"'));
  return lines.length === 0 ? [] : [`workers crashed ${lines.length} times:`, ...lines.slice(0, EXAMPLES)];
};
