import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { Stats } from './stats.js';

/** The four figures of the cluster. */
export const showTotals = (stats: Stats): void => {
  const figures: readonly (readonly [id: string, value: number])[] = [
    ['total-connections', stats.totalConnections],
    ['active-connections', stats.activeConnections],
    ['messages-received', stats.messagesReceived],
    ['messages-sent', stats.messagesSent],
  ];
  for (const [id, value] of figures) find(id, HTMLElement).textContent = formatCount(value);
};
