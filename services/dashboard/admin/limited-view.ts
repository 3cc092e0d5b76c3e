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
  readonly #clients = new Rows(find('limited-clients', HTMLTableSectionElement), ['code', 'number']);
  readonly #ips = new Rows(find('limited-ips', HTMLTableSectionElement), ['code', 'number']);

  /** An answer of `/ws-stats`. */
  show(stats: Fields): void {
    const limiting = stats['rate_limiting'];
    this.#section.hidden = limiting === undefined;
    const { totals, top_clients: clients, top_ips: ips } = fieldsOf(limiting);
    const count = (name: string): string => formatCount(readFigure(fieldsOf(totals)[name]) ?? 0);
    setText(
      this.#totals,
      `${count('messages')} messages and ${count('connections')} connections refused, ${count('disconnects')} disconnected`,
    );
    this.#clients.show(rowsOf(clients, 'client_id'));
    this.#ips.show(rowsOf(ips, 'ip'));
  }
}

const rowsOf = (value: unknown, name: string): readonly Readonly<{ key: string; cells: readonly string[] }>[] =>
  listOf(value).map((row) => {
    const who = readText(row[name]) ?? '–';
    return { key: who, cells: [who, formatCount(readFigure(row['limited']) ?? 0)] };
  });
