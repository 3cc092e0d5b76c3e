import { find, make } from '../shared/elements.js';
import { readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import type { ListQuery } from './list-query.js';
import { formatMoment } from './moment.js';
import { setText } from './totals.js';

type Column = Readonly<{ field: string; className: string; show(value: unknown): string }>;

const NONE = '–';
const text = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : NONE);
const count = (value: unknown): string => (typeof value === 'number' ? formatCount(Math.floor(value)) : NONE);
const time = (value: unknown): string => formatMoment(text(value));

/** In the order of the headings in index.html; the first one names the row, and what can be done stands behind the last. */
const COLUMNS: readonly Column[] = [
  { field: 'connection_id', className: 'code id', show: text },
  { field: 'client_id', className: 'code client', show: text },
  { field: 'connected_at', className: 'time', show: time },
  { field: 'last_activity', className: 'time', show: time },
  { field: 'duration', className: 'number', show: count },
  { field: 'messages_received', className: 'number', show: count },
  { field: 'messages_sent', className: 'number', show: count },
  { field: 'errors', className: 'number errors', show: count },
  { field: 'idle', className: 'number', show: count },
  { field: 'allowance', className: 'number', show: count },
  { field: 'ip', className: 'code', show: text },
  { field: 'color', className: 'color', show: text },
  { field: 'worker', className: 'worker', show: text },
  { field: 'endpoint', className: '', show: text },
];

/** Endpoints whose clients have a frame for a warning. */
const WARNED: ReadonlySet<unknown> = new Set(['channels', 'chat']);

export type Action = 'warn' | 'disconnect';
/** Of whom it is asked. */
export type Target = Readonly<{ id: string; clientId: string | undefined }>;

export interface TableEvents {
  sort(by: string): void;
  act(action: Action, target: Target): void;
}

type Row = Readonly<{ row: HTMLTableRowElement; warn: HTMLButtonElement; disconnect: HTMLButtonElement }>;

/** One page of the list. A row stays the same element while its connection is shown: what was selected stays selected. */
export class ConnectionsTable {
  readonly #scroll = find('connections-scroll', HTMLElement);
  readonly #table = find('connections-table', HTMLTableElement);
  readonly #body = find('connections-body', HTMLTableSectionElement);
  readonly #labels: readonly string[];
  #rows: ReadonlyMap<string, Row> = new Map();

  constructor(events: TableEvents) {
    this.#labels = [...this.#table.querySelectorAll('thead th')].map(({ textContent }) => textContent.trim());
    this.#table.addEventListener('click', ({ target }) => {
      if (!(target instanceof HTMLButtonElement)) return;
      const { sort, action, id, client } = target.dataset;
      if (sort !== undefined) events.sort(sort);
      if (id === undefined || (action !== 'warn' && action !== 'disconnect')) return;
      events.act(action, { id, clientId: client });
    });
  }

  show(connections: readonly Fields[]): void {
    const rows = new Map<string, Row>();
    for (const fields of connections) {
      const id = readText(fields['connection_id']) ?? '';
      const row = this.#rows.get(id) ?? newRow(id, this.#labels);
      fill(row, fields);
      rows.set(id, row);
    }
    for (const [id, { row }] of this.#rows) if (!rows.has(id)) row.remove();
    this.#rows = rows;
    let index = 0;
    for (const { row } of rows.values()) {
      const there = this.#body.rows[index];
      if (there !== row) this.#body.insertBefore(row, there ?? null);
      index += 1;
    }
  }

  showOrder({ sort, order }: ListQuery): void {
    for (const button of this.#table.querySelectorAll<HTMLButtonElement>('thead button')) {
      const heading = button.closest('th');
      if (button.dataset['sort'] !== sort) heading?.removeAttribute('aria-sort');
      else heading?.setAttribute('aria-sort', order === 'asc' ? 'ascending' : 'descending');
    }
  }

  toTop(): void {
    this.#scroll.scrollTop = 0;
  }
}

/** `labels` stand beside the values where a screen has no room for the headings. */
const newRow = (id: string, labels: readonly string[]): Row => {
  const row = make('tr', '');
  row.append(...COLUMNS.map(({ className }, index) => make(index === 0 ? 'th' : 'td', className)));
  row.cells[0]?.setAttribute('scope', 'row');
  const [warn, disconnect] = [newButton('warn', id), newButton('disconnect', id)];
  const cell = make('td', 'actions');
  cell.append(warn, disconnect);
  row.append(cell);
  // Laid out otherwise than as a table it stays one.
  row.setAttribute('role', 'row');
  for (const [index, each] of [...row.cells].entries()) {
    each.setAttribute('role', index === 0 ? 'rowheader' : 'cell');
    each.dataset['label'] = labels[index] ?? '';
  }
  return { row, warn, disconnect };
};

const newButton = (action: Action, id: string): HTMLButtonElement => {
  const button = make('button', 'quiet', action === 'warn' ? 'Warn' : 'Disconnect');
  button.type = 'button';
  button.dataset['action'] = action;
  button.dataset['id'] = id;
  return button;
};

const fill = ({ row, warn, disconnect }: Row, fields: Fields): void => {
  const color = text(fields['color']);
  if (row.dataset['color'] !== color) row.dataset['color'] = color;
  row.dataset['refused'] = String(typeof fields['errors'] === 'number' && fields['errors'] > 0);
  for (const [index, { field, show }] of COLUMNS.entries()) {
    const cell = row.cells[index];
    if (cell !== undefined) setText(cell, show(fields[field]));
  }
  const client = readText(fields['client_id']);
  const whom = client ?? readText(fields['connection_id']) ?? '';
  if (disconnect.dataset['whom'] === whom) return;
  disconnect.dataset['whom'] = whom;
  for (const button of [warn, disconnect]) {
    if (client !== undefined) button.dataset['client'] = client;
    button.setAttribute('aria-label', `${button.textContent} ${whom}`);
  }
  warn.hidden = !WARNED.has(fields['endpoint']);
};
