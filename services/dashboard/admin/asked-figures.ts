import { find } from '../shared/elements.js';
import { get, type Answer } from '../shared/api.js';
import { ChannelsView } from './channels-view.js';
import { DurationsChart } from './durations-chart.js';
import { readHealth, type Health } from './health.js';
import { LimitedView } from './limited-view.js';
import { Refresh } from './refresh.js';
import type { Fields } from '../shared/fields.js';

/** Of what does not come live. */
export const ASK_EVERY_MS = 5_000;

export interface AskedEvents {
  /** Answers have come; what is missing failed. */
  answered(stats: Fields, health: Health): void;
  /** How the cluster is, whatever else has failed. */
  looked(health: Health): void;
  failed(reason: string): void;
  /** Where this client is connected is wanted. */
  find(clientId: string): void;
  stranger(): void;
}

/** What is asked for while somebody looks, as it does not come live: durations, channels and who is in one, limits, health. */
export class AskedFigures {
  readonly #events: AskedEvents;
  readonly #durations = new DurationsChart();
  readonly #channels: ChannelsView;
  readonly #limited = new LimitedView();
  readonly #search = find('channel-search', HTMLInputElement);
  readonly #limit = find('channel-limit', HTMLSelectElement);
  readonly #refresh = new Refresh(ASK_EVERY_MS, (signal) => this.#ask(signal));

  constructor(events: AskedEvents) {
    this.#events = events;
    this.#channels = new ChannelsView(events);
    for (const [field, event] of [
      [this.#search, 'input'],
      [this.#limit, 'change'],
    ] as const) {
      field.addEventListener(event, () => {
        this.now();
      });
    }
  }

  start(): void {
    this.#refresh.start();
  }

  stop(): void {
    this.#refresh.stop();
    this.#channels.stop();
  }

  now(): void {
    this.#refresh.now();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const search = this.#search.value;
    const query = new URLSearchParams({ search, limit: this.#limit.value });
    const answers = await Promise.all([
      get('/ws-stats?limit=1', signal),
      get('/admin/api/durations', signal),
      get(`/admin/api/channels?${query.toString()}`, signal),
      get('/admin/api/health', signal),
    ]);
    if (signal.aborted) return;
    const [stats, durations, channels, health] = answers;
    if (durations.kind === 'stranger') {
      this.#events.stranger();
      return;
    }
    if (durations.kind === 'fields') this.#durations.show(durations.fields);
    if (channels.kind === 'fields') this.#channels.show(channels.fields, search !== '');
    if (stats.kind === 'fields') this.#limited.show(stats.fields);
    if (health.kind === 'fields') this.#events.looked(readHealth(health.fields));
    if (stats.kind === 'fields' && health.kind === 'fields') {
      this.#events.answered(stats.fields, readHealth(health.fields));
    } else this.#events.failed(reasonOf(stats) ?? reasonOf(health) ?? '');
  }
}

const reasonOf = (answer: Answer): string | undefined => (answer.kind === 'fields' ? undefined : answer.reason);
