import { find } from '../shared/elements.js';
import { ChartData } from './chart-data.js';
import { whenColorsChange } from './chart-style.js';
import { TimeChart } from './time-chart.js';

/** The charts over time. They are drawn at most once a second, and not while nobody sees them. */
export class Charts {
  readonly data = new ChartData();
  readonly #range = find('chart-range', HTMLSelectElement);
  readonly #connections = new TimeChart('chart-connections', '', [
    { label: 'Green', color: 'green', shown: (index) => this.data.column('green')[index] ?? null },
    { label: 'Blue', color: 'blue', isFilled: true, isBase: true },
  ]);
  readonly #rates = new TimeChart('chart-rates', '/s', [
    { label: 'Received', color: 'violet' },
    { label: 'Sent', color: 'orange' },
  ]);
  readonly #latency = new TimeChart('chart-latency', ' ms', [
    { label: 'p50', color: 'violet' },
    { label: 'p99', color: 'orange' },
  ]);

  constructor() {
    this.#range.addEventListener('change', () => {
      this.draw();
    });
    document.addEventListener('visibilitychange', () => {
      this.draw();
    });
    whenColorsChange(() => {
      for (const chart of [this.#connections, this.#rates, this.#latency]) chart.repaint();
      this.draw();
    });
  }

  draw(): void {
    const { seconds, marks, untilSeconds: to } = this.data;
    if (document.hidden || seconds.length === 0) return;
    const span = { from: to - Number(this.#range.value), to };
    this.#connections.draw(seconds, [this.data.stacked(), this.data.column('blue')], marks, span);
    this.#rates.draw(seconds, [this.data.column('received'), this.data.column('sent')], marks, span);
    this.#latency.draw(seconds, [this.data.column('ack_p50_ms'), this.data.column('ack_p99_ms')], marks, span);
  }
}
