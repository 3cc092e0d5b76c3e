import { find } from '../shared/elements.js';
import type { Figure, Notice, Worker } from './frames.js';
import { isNewlyRestarted, LAG_MS, REDIS_MS, type Health } from './health.js';
import { formatMoment } from './moment.js';
import { setText } from './totals.js';

const WHEN = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
const STATES: Readonly<Record<string, string>> = {
  running: 'runs',
  done: 'done',
  rolled_back: 'failed, undone',
  failed: 'failed, not undone',
};

type Finding = Readonly<{ text: string; isWell: boolean }>;

/** How the cluster is, at a glance: each line is well, or is not. */
export class HealthView {
  readonly #workers = find('health-workers', HTMLElement);
  readonly #releases = find('health-releases', HTMLElement);
  readonly #lag = find('health-lag', HTMLElement);
  readonly #redis = find('health-redis', HTMLElement);
  readonly #deploy = find('health-deploy', HTMLElement);

  show({ workers, deploy, timeMs }: Health): void {
    this.showWorkers(workers, timeMs);
    this.showDeploy(deploy);
  }

  /** @param nowMs by the server's clock */
  showWorkers(workers: readonly Worker[], nowMs: number): void {
    tell(this.#workers, serving(workers, nowMs));
    tell(this.#releases, releases(workers));
    tell(
      this.#lag,
      worst(workers, ({ lagMs }) => lagMs, LAG_MS),
    );
    tell(
      this.#redis,
      worst(workers, ({ redisMs }) => redisMs, REDIS_MS),
    );
  }

  /** The one that runs or ran last; undefined: none is known. */
  showDeploy(deploy: Notice | undefined): void {
    tell(this.#deploy, lastDeploy(deploy));
  }
}

const tell = (element: HTMLElement, { text, isWell }: Finding): void => {
  element.dataset['well'] = String(isWell);
  // Not by its color alone.
  setText(element, isWell ? text : `⚠ ${text}`);
};

const serving = (workers: readonly Worker[], nowMs: number): Finding => {
  const moving = workers.filter(({ draining }) => draining).length;
  const serve = workers.length - moving;
  const restarted = workers.filter((worker) => isNewlyRestarted(worker, nowMs));
  const parts = [
    `${serve} serve`,
    ...(moving === 0 ? [] : [`${moving} moving away`]),
    ...restarted.map(({ name, startedAt }) => `${name} restarted ${formatMoment(startedAt)}`),
  ];
  return { text: parts.join(', '), isWell: serve > 0 && restarted.length === 0 };
};

/** Two of one color is a deploy that was killed. */
const releases = (workers: readonly Worker[]): Finding => {
  const each = [...new Set(workers.map(({ color }) => color))].map((color) => {
    const of = workers.filter((worker) => worker.color === color);
    return { color, names: [...new Set(of.map(({ release }) => release))] };
  });
  return {
    text: each.map(({ color, names }) => `${color}: ${names.join(', ')}`).join('; '),
    isWell: each.every(({ names }) => names.length === 1),
  };
};

const worst = (workers: readonly Worker[], of: (worker: Worker) => Figure, limitMs: number): Finding => {
  let slowest: Readonly<{ name: string; ms: number }> | undefined;
  for (const worker of workers) {
    const ms = of(worker);
    if (ms !== null && ms >= (slowest?.ms ?? 0)) slowest = { name: worker.name, ms };
  }
  if (slowest === undefined) return { text: 'not known', isWell: true };
  return { text: `at most ${slowest.ms.toFixed(1)} ms, ${slowest.name}`, isWell: slowest.ms <= limitMs };
};

const lastDeploy = (deploy: Notice | undefined): Finding => {
  if (deploy === undefined) return { text: 'none since these workers started', isWell: true };
  const { verb, from, to, state, atMs } = deploy;
  return {
    text: `${verb} ${from} → ${to}: ${STATES[state] ?? state}, ${WHEN.format(atMs)}`,
    isWell: state === 'running' || state === 'done',
  };
};
