export type Cell = string | number;

const GAP = '  ';

/** Lines of a table for a terminal, the head first. Cells stand right, and names, in the first column, left. */
export const tableLines = (head: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] => {
  const texts = [head, ...rows].map((row) => row.map((cell) => wordsOf(cell)));
  const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isNamed = rows.some(([first]) => typeof first === 'string');
  const aligned = (text: string, column: number): string =>
    isNamed && column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return texts.map((row) => row.map(aligned).join(GAP).trimEnd());
};

const wordsOf = (cell: Cell): string => (typeof cell === 'number' ? numeral(cell) : cell);

/** `12,345` */
export const numeral = (count: number): string => count.toLocaleString('en-US');

/** Milliseconds, as short as they can be read. */
export const msOf = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US')} ms`;
