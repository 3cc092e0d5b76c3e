import { find } from '../shared/elements.js';
import type { Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';

const BOXES: readonly (readonly [id: string, field: string])[] = [
  ['total-connections', 'total_connections'],
  ['active-connections', 'active_connections'],
  ['messages-received', 'messages_received'],
  ['messages-sent', 'messages_sent'],
];

/** The four figures of the cluster. One that is missing must not be shown as 0. */
export const showTotals = (fields: Fields): void => {
  for (const [id, field] of BOXES) {
    const value = fields[field];
    setText(find(id, HTMLElement), typeof value === 'number' ? formatCount(value) : '–');
  }
};

/** Touches the element only where its text changes. */
export const setText = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
