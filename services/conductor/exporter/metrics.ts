import { Counter, Gauge, Registry } from 'prom-client';

type Kind = 'gauge' | 'counter';
type Definition = Readonly<{ kind: Kind; help: string; labels?: readonly string[] }>;

const PREFIX = 'switchyard_';

/** Everything that the exporter tells; docs/OBSERVABILITY.md has a row for each. */
export const DEFINITIONS = {
  active_color: { kind: 'gauge', help: '1: new connections go to this color', labels: ['color'] },
  workers: { kind: 'gauge', help: 'processes of a color by state', labels: ['color', 'state'] },
  workers_wanted: { kind: 'gauge', help: 'workers that a color should have; 0: it is stopped', labels: ['color'] },
  release_info: { kind: 'gauge', help: '1: what a color was started from', labels: ['color', 'release'] },
  nginx_old_generations: { kind: 'gauge', help: 'nginx generations that only finish what they carry' },
  part_up: { kind: 'gauge', help: '1: the process of this part runs', labels: ['part'] },
  deploys_started_total: { kind: 'counter', help: 'deploys that began', labels: ['verb'] },
  deploys_finished_total: { kind: 'counter', help: 'deploys that ended, by outcome', labels: ['verb', 'outcome'] },
  deploy_running: { kind: 'gauge', help: '1: a deploy is at work' },
  deploy_duration_seconds: { kind: 'gauge', help: 'how long the last deploy took' },
  deploy_last_timestamp_seconds: { kind: 'gauge', help: 'when the last deploy of a verb ended', labels: ['verb'] },
  deploy_connections_moved_total: { kind: 'counter', help: 'client connections moved by deploys' },
  deploy_messages_acked_total: { kind: 'counter', help: "publications of the ledgers' probes that were acked" },
  deploy_messages_lost_total: { kind: 'counter', help: 'of these: deliveries that were lost' },
  deploy_messages_duplicated_total: { kind: 'counter', help: 'of these: deliveries that came twice' },
  certificate_expires_timestamp_seconds: { kind: 'gauge', help: 'when a certificate ends', labels: ['file'] },
  process_cpu_seconds_total: { kind: 'counter', help: 'CPU time, children included', labels: ['part'] },
  process_resident_memory_bytes: { kind: 'gauge', help: 'resident memory, children included', labels: ['part'] },
} as const satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof DEFINITIONS;
export type Labels = Readonly<Record<string, string>>;
/** A value of a metric at one moment. */
export type Sample = Readonly<{ name: MetricName; labels?: Labels; value: number }>;

/** What a scrape is taken from. */
export interface Looking {
  samples(): Promise<readonly Sample[]>;
}

/** prom-client's registry over samples that are taken anew for each scrape. */
export class ExporterMetrics {
  readonly #registry = new Registry();
  readonly #metrics = new Map<string, Readonly<{ metric: Counter | Gauge; hasLabels: boolean }>>();

  constructor() {
    for (const [name, definition] of Object.entries<Definition>(DEFINITIONS)) {
      const { help, labels: labelNames = [] } = definition;
      const options = { name: `${PREFIX}${name}`, help, labelNames, registers: [this.#registry] };
      const metric = definition.kind === 'counter' ? new Counter(options) : new Gauge(options);
      this.#metrics.set(name, { metric, hasLabels: labelNames.length > 0 });
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text of a scrape. What no sample tells of is not there. */
  async text(samples: readonly Sample[]): Promise<string> {
    for (const { metric, hasLabels } of this.#metrics.values()) {
      metric.reset();
      // Reset, one without labels is 0.
      if (!hasLabels) metric.remove();
    }
    for (const { name, labels = {}, value } of samples) this.#metrics.get(name)?.metric.inc(labels, value);
    return this.#registry.metrics();
  }
}
