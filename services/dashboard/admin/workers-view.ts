import { find } from '../shared/elements.js';
import { formatCount } from '../shared/numbers.js';
import type { Figure, Worker } from './frames.js';
import { isNewlyRestarted, LAG_MS, REDIS_MS } from './health.js';
import { formatMoment } from './moment.js';
import { Rows } from './rows.js';

/** `⚠` before what is more than it should be. */
const ms = (figure: Figure, limit = Infinity): string => {
  if (figure === null) return '–';
  return `${figure > limit ? '⚠ ' : ''}${figure < 10 ? figure.toFixed(1) : Math.round(figure)} ms`;
};

/** Every worker of both colors: what it holds, how it is, how far its drain has come. */
export class WorkersView {
  readonly #rows = new Rows(find('workers-body', HTMLTableSectionElement), [
    'color',
    '',
    'number',
    'number',
    'number',
    'number',
    'number',
    'code release',
    '',
  ]);
  /** The most that was left since a worker's drain began. */
  readonly #totals = new Map<string, number>();

  /** @param nowMs by the server's clock */
  show(workers: readonly Worker[], nowMs: number): void {
    for (const { name, draining, left } of workers) {
      if (!draining) this.#totals.delete(name);
      else if (left !== null) this.#totals.set(name, Math.max(left, this.#totals.get(name) ?? 0));
    }
    const sorted = workers.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    this.#rows.show(
      sorted.map((worker) => ({
        key: worker.name,
        color: worker.color,
        cells: [
          worker.name,
          `${worker.draining ? 'moving away' : 'serves'}${isNewlyRestarted(worker, nowMs) ? ', ⚠ restarted' : ''}`,
          formatCount(worker.connections),
          this.#progress(worker),
          ms(worker.lagMs, LAG_MS),
          ms(worker.redisMs, REDIS_MS),
          ms(worker.deliveryMs),
          worker.release,
          formatMoment(worker.startedAt),
        ],
      })),
    );
  }

  #progress({ name, draining, left }: Worker): string {
    if (!draining || left === null) return '–';
    const total = this.#totals.get(name) ?? left;
    const percent = total === 0 ? 100 : Math.floor(((total - left) * 100) / total);
    return `${formatCount(left)} left (${percent} %)`;
  }
}
