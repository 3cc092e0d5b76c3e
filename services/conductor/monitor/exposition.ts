export type Series = Readonly<{ labels: Readonly<Record<string, string>>; value: number }>;

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * Metrics as Prometheus reads them
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
export class Exposition {
  readonly #series = new Map<string, Series[]>();

  /** Lines that are none of the format are passed over. */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      const series = this.#series.get(name) ?? [];
      series.push({ labels: readLabels(labels), value: readValue(value) });
      this.#series.set(name, series);
    }
  }

  series(name: string): readonly Series[] {
    return this.#series.get(name) ?? [];
  }

  /** Over all label sets; undefined: there is no such metric. */
  sum(name: string): number | undefined {
    const found = this.#series.get(name);
    return found?.reduce((sum, { value }) => sum + value, 0);
  }

  /** Sums by the value of a label. */
  by(name: string, label: string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { labels, value } of this.series(name)) {
      const key = labels[label] ?? '';
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return sums;
  }
}

const readLabels = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(text.matchAll(LABEL), ([, name = '', value = '']) => [name, value.replaceAll(/\\(["\\])/g, '$1')]),
  );

const readValue = (text: string): number => {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
};
