const BARS = '▁▂▃▄▅▆▇█';

/** The newest values, one column each; `most` is a full bar, and nothing but 0 has none. */
export const sparkline = (values: readonly number[], columns: number, most: number): string =>
  values
    .slice(-columns)
    .map((value) => (value <= 0 ? ' ' : BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))]))
    .join('');
