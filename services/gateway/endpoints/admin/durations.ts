import type { Connections } from '../../lifecycle/connections.js';
import { Slices } from '../../lifecycle/slices.js';

/** Upper bounds, s; the last bucket has none. Those of `websocket_connection_duration_seconds`. */
export const DURATION_BOUNDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400] as const;

/** For how long the open connections have lasted: how many fall into each bucket, and no other. */
export const countDurations = async (connections: Connections, nowMs: number): Promise<readonly number[]> => {
  const counts = Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0);
  const slices = new Slices();
  for (const connection of connections.all()) {
    const pause = slices.breathe();
    if (pause !== undefined) await pause;
    const seconds = (nowMs - connection.facts.openedAtMs) / 1000;
    const bucket = DURATION_BOUNDS.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? DURATION_BOUNDS.length : bucket;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
};
