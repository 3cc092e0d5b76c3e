import { find } from '../shared/elements.js';
import { readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import { fieldsOf, listOf, readFigure } from './frames.js';
import { Rows } from './rows.js';
import { setText } from './totals.js';

/** Who was limited most: shown where the server counts it. */
export class LimitedView {
  readonly #section = find('limited', HTMLElement);
  readonly #totals = find('limited-totals', HTMLElement);
  readonly #tables = find('limited-tables', HTMLElement);
  readonly #clients = new Rows(find('limited-clients', HTMLTableSectionElement), ['code', 'number']);
  readonly #ips = new Rows(find('limited-ips', HTMLTableSectionElement), ['code', 'number']);

  /** An answer of `/ws-stats`. */
  show(stats: Fields): void {
    const limiting = stats['rate_limiting'];
    this.#section.hidden = limiting === undefined;
    const fields = fieldsOf(limiting);
    const count = (name: string): number => readFigure(fields[name]) ?? 0;
    setText(this.#totals, wordsOf(count('limited_messages'), count('limited_connections'), count('disconnects')));
    const [clients, ips] = [rowsOf(fields['top_clients'], 'client_id'), rowsOf(fields['top_ips'], 'ip')];
    this.#tables.hidden = clients.length + ips.length === 0;
    this.#clients.show(clients);
    this.#ips.show(ips);
  }
}

const wordsOf = (messages: number, connections: number, disconnects: number): string =>
  messages + connections + disconnects === 0
    ? 'Nobody was limited.'
    : `${formatCount(messages)} messages and ${formatCount(connections)} connections refused, ${formatCount(disconnects)} disconnected`;

const rowsOf = (value: unknown, name: string): readonly Readonly<{ key: string; cells: readonly string[] }>[] =>
  listOf(value).map((row) => {
    const who = readText(row[name]) ?? '–';
    const refused = (readFigure(row['messages']) ?? 0) + (readFigure(row['connections']) ?? 0);
    return { key: who, cells: [who, formatCount(refused)] };
  });
