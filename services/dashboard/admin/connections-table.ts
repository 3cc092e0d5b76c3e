import { find, make } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { ListedConnection } from './stats.js';

type Column = Readonly<{ field: string; className: string; show(value: unknown): string }>;

const NONE = '–';
/** Swedish writes a time as 2026-03-01 09:05:00. It is the time of whoever looks. */
const TIME = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

const text = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : NONE);
const count = (value: unknown): string => (typeof value === 'number' ? formatCount(Math.floor(value)) : NONE);
const time = (value: unknown): string => {
  const date = new Date(text(value));
  if (Number.isNaN(date.getTime())) return text(value);
  const [day, clock = ''] = TIME.format(date).split(' ');
  const [today] = TIME.format(new Date()).split(' ');
  return day === today ? clock : `${day} ${clock}`;
};

/** In the order of the headings in index.html; the first one names the row. */
const COLUMNS: readonly Column[] = [
  { field: 'connection_id', className: 'code', show: text },
  { field: 'client_id', className: 'code client', show: text },
  { field: 'connected_at', className: 'time', show: time },
  { field: 'last_activity', className: 'time', show: time },
  { field: 'duration', className: 'number', show: count },
  { field: 'messages_received', className: 'number', show: count },
  { field: 'messages_sent', className: 'number', show: count },
  { field: 'ip', className: 'code', show: text },
  { field: 'color', className: 'color', show: text },
  { field: 'worker', className: '', show: text },
  { field: 'endpoint', className: '', show: text },
];

/** One page of the list. A row stays the same element while its connection is shown: what was selected stays selected. */
export class ConnectionsTable {
  readonly #scroll = find('connections-scroll', HTMLElement);
  readonly #body = find('connections-body', HTMLTableSectionElement);
  #rows: ReadonlyMap<string, HTMLTableRowElement> = new Map();

  show(connections: readonly ListedConnection[]): void {
    const rows = new Map(connections.map(({ id }) => [id, this.#rows.get(id) ?? newRow()]));
    for (const [id, row] of this.#rows) if (!rows.has(id)) row.remove();
    this.#rows = rows;
    for (const [index, row] of Array.from(rows.values()).entries()) {
      const there = this.#body.rows[index];
      if (there !== row) this.#body.insertBefore(row, there ?? null);
    }
    for (const { id, fields } of connections) fill(rows.get(id), fields);
  }

  toTop(): void {
    this.#scroll.scrollTop = 0;
  }
}

const newRow = (): HTMLTableRowElement => {
  const row = make('tr', '');
  row.append(...COLUMNS.map(({ className }, index) => make(index === 0 ? 'th' : 'td', className)));
  row.cells[0]?.setAttribute('scope', 'row');
  return row;
};

const fill = (row: HTMLTableRowElement | undefined, fields: ListedConnection['fields']): void => {
  if (row === undefined) return;
  row.dataset['color'] = text(fields['color']);
  for (const [index, { field, show }] of COLUMNS.entries()) {
    const cell = row.cells[index];
    const shown = show(fields[field]);
    if (cell !== undefined && cell.textContent !== shown) cell.textContent = shown;
  }
};
