import { make } from '../shared/elements.js';
import { setText } from './totals.js';

/** A small table that is kept up to date: rows by key, in order, and only cells that changed are touched. */
export class Rows {
  readonly #body: HTMLTableSectionElement;
  readonly #classes: readonly string[];
  readonly #rows = new Map<string, HTMLTableRowElement>();

  /** @param classes of the cells, in order */
  constructor(body: HTMLTableSectionElement, classes: readonly string[]) {
    this.#body = body;
    this.#classes = classes;
  }

  show(rows: readonly Readonly<{ key: string; cells: readonly string[]; color?: string }>[]): void {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    for (const [index, { key, cells, color }] of rows.entries()) {
      const row = this.#rows.get(key) ?? this.#newRow(key);
      const there = this.#body.rows[index];
      if (there !== row) this.#body.insertBefore(row, there ?? null);
      if (color !== undefined) row.dataset['color'] = color;
      for (const [column, text] of cells.entries()) {
        const cell = row.cells[column];
        if (cell !== undefined) setText(cell, text);
      }
    }
  }

  #newRow(key: string): HTMLTableRowElement {
    const row = make('tr', '');
    row.append(...this.#classes.map((className, index) => make(index === 0 ? 'th' : 'td', className)));
    row.cells[0]?.setAttribute('scope', 'row');
    this.#rows.set(key, row);
    return row;
  }
}
