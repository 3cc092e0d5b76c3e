import { make } from '../shared/elements.js';
import { setText } from './totals.js';

export type ShownRow = Readonly<{
  key: string;
  cells: readonly string[];
  color?: string;
  /** What its button opens is open. Undefined: it opens nothing. */
  isOpen?: boolean;
}>;

/** What the first cell's button does. */
export type RowButton = Readonly<{ title: string; press(key: string): void }>;

/** A small table that is kept up to date: rows by key, in order, and only cells that changed are touched. */
export class Rows {
  readonly #body: HTMLTableSectionElement;
  readonly #classes: readonly string[];
  readonly #button: RowButton | undefined;
  readonly #rows = new Map<string, HTMLTableRowElement>();

  /**
   * @param classes of the cells, in order
   * @param button where it is given, the first cell has one
   */
  constructor(body: HTMLTableSectionElement, classes: readonly string[], button?: RowButton) {
    this.#body = body;
    this.#classes = classes;
    this.#button = button;
  }

  show(rows: readonly ShownRow[]): void {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    for (const [index, { key, cells, color, isOpen }] of rows.entries()) {
      const row = this.#rows.get(key) ?? this.#newRow(key);
      const there = this.#body.rows[index];
      if (there !== row) this.#body.insertBefore(row, there ?? null);
      if (color !== undefined) row.dataset['color'] = color;
      if (isOpen !== undefined) {
        row.dataset['open'] = String(isOpen);
        this.button(key)?.setAttribute('aria-expanded', String(isOpen));
      }
      for (const [column, text] of cells.entries()) {
        const cell = row.cells[column];
        if (cell !== undefined) setText(cell.querySelector('button') ?? cell, text);
      }
    }
  }

  /** Undefined: the row is not there any more. */
  button(key: string): HTMLButtonElement | undefined {
    return this.#rows.get(key)?.querySelector('button') ?? undefined;
  }

  #newRow(key: string): HTMLTableRowElement {
    const row = make('tr', '');
    row.append(...this.#classes.map((className, index) => make(index === 0 ? 'th' : 'td', className)));
    row.cells[0]?.setAttribute('scope', 'row');
    if (this.#button !== undefined) row.cells[0]?.append(newButton(key, this.#button));
    this.#rows.set(key, row);
    return row;
  }
}

const newButton = (key: string, { title, press }: RowButton): HTMLButtonElement => {
  const button = make('button', 'inline');
  button.type = 'button';
  button.title = title;
  button.addEventListener('click', () => {
    press(key);
  });
  return button;
};
