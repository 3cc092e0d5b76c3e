import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const BUCKETS = [0.01, 0.1, 0.5, 1, 5, 15, 30, 60, 300, 900, 3_600];

export type TaskGauges = Readonly<{
  /** Tasks of the whole queue that wait; may fail while Redis is away. */
  waiting(): Promise<number>;
  /** Tasks that this worker runs. */
  active(): number;
}>;

/** Numbers of one task worker, as Prometheus reads them. */
export class TaskMetrics {
  readonly #registry = new Registry();
  readonly #done: Counter<'task'>;
  readonly #failed: Counter<'task'>;
  readonly #runs: Counter<'task' | 'how'>;
  readonly #durations: Histogram<'task'>;

  /** @param tasks that are known: they count from 0, so that the first end of one is seen as a rise */
  constructor(
    gauges: () => TaskGauges,
    labels: Readonly<{ color: string; worker: string; release: string }>,
    tasks: Iterable<string>,
  ) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels(labels);
    this.#done = new Counter({ name: 'tasks_done_total', help: 'tasks done', labelNames: ['task'], registers });
    this.#failed = new Counter({
      name: 'tasks_failed_total',
      help: 'tasks that failed',
      labelNames: ['task'],
      registers,
    });
    this.#runs = new Counter({ name: 'tasks_runs_total', help: 'runs', labelNames: ['task', 'how'], registers });
    this.#durations = new Histogram({
      name: 'tasks_duration_seconds',
      help: 'how long runs took',
      labelNames: ['task'],
      buckets: BUCKETS,
      registers,
    });
    for (const task of tasks) {
      this.#done.inc({ task }, 0);
      this.#failed.inc({ task }, 0);
      this.#durations.zero({ task });
    }
    registers[0]?.registerMetric(
      new Gauge({
        name: 'tasks_active',
        help: 'tasks that this worker runs',
        registers: [],
        collect() {
          this.set(gauges().active());
        },
      }),
    );
    registers[0]?.registerMetric(
      new Gauge({
        name: 'tasks_waiting',
        help: 'tasks of the queue that wait',
        registers: [],
        async collect() {
          this.set(await gauges().waiting());
        },
      }),
    );
  }

  /** A run has ended: `done`, `failed`, `cancelled`, `retrying`, `handed_back`, or `lost`. */
  ended(task: string, how: string, seconds: number): void {
    this.#runs.inc({ task, how });
    this.#durations.observe({ task }, seconds);
    if (how === 'done') this.#done.inc({ task });
    if (how === 'failed') this.#failed.inc({ task });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
