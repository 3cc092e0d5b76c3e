import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { Counter, Connection } from './connection.js';

/** Where each stands, and what is shown before anything is known. */
const COUNTERS: Readonly<Record<Counter, readonly [id: string, unknown: string]>> = {
  sent: ['count-sent', '0'],
  acked: ['count-acked', '0'],
  received: ['count-received', '0'],
  repeats: ['count-repeats', '0'],
  messageCount: ['count-messages', '–'],
  reconnects: ['count-reconnects', '0'],
  moves: ['count-moves', '0'],
  clusterConnections: ['count-cluster', '–'],
};
const NAMES: readonly Counter[] = [
  'sent',
  'acked',
  'received',
  'repeats',
  'messageCount',
  'reconnects',
  'moves',
  'clusterConnections',
];

export const showCounters = (connection: Connection): void => {
  for (const name of NAMES) {
    const [id, unknown] = COUNTERS[name];
    const value = connection.counted(name);
    find(id, HTMLElement).textContent = value === undefined ? unknown : formatCount(value);
  }
};
