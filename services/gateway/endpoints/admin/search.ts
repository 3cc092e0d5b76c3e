import type {
  ConnectionDetails,
  ConnectionFacts,
  Connections,
  ManagedConnection,
} from '../../lifecycle/connections.js';
import { Slices } from '../../lifecycle/slices.js';
import { comparePlaces, keyOf, type Direction, type Key, type Place, type Sort } from './order.js';

export type Search = Readonly<{
  /** Part of a client_id or an address, or the beginning of a connection_id; lower case; '': everybody. */
  text: string;
  /** Undefined: every endpoint. */
  endpoint: string | undefined;
  sort: Sort;
  direction: Direction;
  limit: number;
  /** Undefined: from the first on. */
  after: Place | undefined;
}>;

export type FoundConnection = ConnectionDetails &
  Readonly<{ idle: number; errors: number; color: string; worker: string; key: Key; id: string }>;

/** `matching` counts all that were found, on whichever page they stand. */
export type FoundPage = Readonly<{ rows: readonly FoundConnection[]; matching: number }>;

type Candidate = Place & Readonly<{ connection: ManagedConnection }>;

/** Searches the connections of one worker, in slices: ten thousand of them hold up nobody. */
export const search = async (
  connections: Connections,
  identity: Readonly<{ color: string; worker: string }>,
  { text, endpoint, sort, direction, limit, after }: Search,
): Promise<FoundPage> => {
  const { color, worker } = identity;
  const compare = comparePlaces(direction);
  const slices = new Slices();
  let best: Candidate[] = [];
  let matching = 0;
  for (const connection of connections.all()) {
    const pause = slices.breathe();
    if (pause !== undefined) await pause;
    const { facts, id } = connection;
    if (endpoint !== undefined && facts.endpoint !== endpoint) continue;
    if (text !== '' && !isNamed(text, id, facts)) continue;
    matching += 1;
    const candidate = { key: keyOf(sort, facts, `${color}-${worker}`), id, connection };
    if (after !== undefined && compare(after, candidate) >= 0) continue;
    best.push(candidate);
    if (best.length >= limit * 4) best = best.sort(compare).slice(0, limit);
  }
  const nowMs = Date.now();
  const rows = best
    .sort(compare)
    .slice(0, limit)
    .map(({ key, id, connection }) => {
      const { activeAtMs, errors } = connection.facts;
      const idle = (nowMs - activeAtMs) / 1000;
      return { ...connection.describe(nowMs), idle, errors, color, worker, key, id };
    });
  return { rows, matching };
};

const isNamed = (text: string, id: string, { clientId = '', ip }: ConnectionFacts): boolean =>
  clientId.toLowerCase().includes(text) || ip.includes(text) || id.startsWith(text);
