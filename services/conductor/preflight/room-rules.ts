import type { Limit } from '../engines/engine.js';
import type { Finding, Rule } from './facts.js';
import { mustHold } from './words.js';

/** Connections are not spread evenly over processes, and more may come. */
const MARGIN = 1.5;
/** What a process opens besides connections: its logs, its listeners, Redis, pipes. */
const BASE_FILES = 128;

const connectionsOf = (value: number): Limit => ({ setting: 'connections', value });

/** nginx needs two of each for a connection: the client's side and the worker's. */
const frontHolds = (room: Limit | undefined, connections: number, processes: number): Finding | undefined => {
  if (room === undefined || processes === 0) return undefined;
  return mustHold(
    connectionsOf(connections),
    Math.ceil((2 * connections * MARGIN) / processes) + BASE_FILES,
    room,
    `each of ${processes} nginx processes needs two for a connection, while the generation before it still holds its own`,
  );
};

export const frontHasConnections: Rule = ({ limits: { front }, connections }) =>
  frontHolds(front.connections, connections, front.processes);

export const frontHasFiles: Rule = ({ limits: { front }, connections }) =>
  frontHolds(front.files, connections, front.processes);

/** The new color takes over everybody. Its workers are started by the same hand, with the same limit. */
export const workersHaveFiles: Rule = ({ limits: { workerFiles }, connections, workers }) =>
  workerFiles &&
  mustHold(
    connectionsOf(connections),
    Math.ceil((connections * MARGIN) / workers) + BASE_FILES,
    workerFiles,
    `${workers} new workers take over all of them, and are not filled evenly`,
  );

/** From one address to one port there are only so many connections. */
export const frontHasPorts: Rule = ({ limits: { localPorts }, connections, workers }) =>
  localPorts &&
  mustHold(
    connectionsOf(connections),
    Math.ceil((connections * MARGIN) / workers),
    localPorts,
    `nginx needs a local port for each connection to one of ${workers} new workers`,
  );
