import { mkdirSync } from 'node:fs';
import { Failure, messageOf } from '../../failure.js';
import { withDescendants } from '../../processes.js';
import { holdsWithin } from '../../waiting.js';
import { portsOf, type OwnedPort, type StackSettings } from '../../settings.js';
import { ANSWER_MS } from '../../worker-client.js';
import {
  COLORS,
  endedOf,
  type BrokerStatus,
  type Part,
  type Release,
  type Stack,
  type TaskWorkerProcess,
} from '../engine.js';
import type { OptionalPart } from '../engine.js';
import { activeIn } from '../local/nginx.js';
import { pageAddress, type PartSpec } from '../local/parts/part.js';
import { requireFreePorts } from '../local/ports.js';
import { PARTS } from '../local/parts/table.js';
import { pointFront } from '../nginx-conf.js';
import { endOf, partOf, type Container } from './container.js';
import { releaseEnvironment } from './environment.js';
import { BROKER, FRONT, serviceOf, taskServiceOf } from './files.js';
import { askBroker } from './limits.js';
import type { Place } from './place.js';
import { ONLY_THESE } from './project.js';
import { TaskContainers } from './task-containers.js';

const CORE = [BROKER, FRONT] as const;
const HEALTHY_MS = 30_000;

/** nginx and Redis of compose.yml, and what watches. */
export class ComposeStack implements Stack {
  readonly #place: Place;
  readonly #tasks: TaskContainers;

  constructor(place: Place) {
    this.#place = place;
    this.#tasks = new TaskContainers(place);
  }

  async raise({ id }: Release): Promise<void> {
    const { project, layout, settings, environment } = this.#place;
    const first = activeIn(layout) ?? 'blue';
    await requireFreePorts(publishedPorts(settings), [settings.LISTEN === 'local' ? '127.0.0.1' : '0.0.0.0'], 'daemon');
    mkdirSync(layout.nginx, { recursive: true });
    pointFront(layout.nginx, first);
    try {
      const words = ['up', '--detach', '--wait', '--no-build', ...CORE];
      await project.compose(words, { ...environment(first), ...releaseEnvironment(id) });
      await this.#awaitPublished();
    } catch (error) {
      await this.lower();
      throw error;
    }
  }

  async mend(): Promise<readonly string[]> {
    const { project, layout, environment } = this.#place;
    const ended = endedOf(await this.parts());
    if (ended.length > 0) {
      const words = ['up', ...ONLY_THESE, '--no-recreate', ...ended];
      await project.compose(words, environment(activeIn(layout) ?? 'blue'));
      await holdsWithin(HEALTHY_MS, async () => (await project.of(...CORE)).every(({ isHealthy }) => isHealthy));
    }
    return [...ended, ...(await this.#tasks.mend())];
  }

  async processes(): Promise<ReadonlyMap<number, number>> {
    const containers = await this.#place.project.containers();
    return withDescendants(containers.map(({ pid }) => pid).filter((pid) => pid !== 0));
  }

  broker(): Promise<BrokerStatus> {
    return askBroker(this.#place.project);
  }

  /** Its volumes stay: what Redis keeps is there at the next start. */
  async lower(): Promise<readonly string[]> {
    const { project } = this.#place;
    // Workers first, both colors at once: their close frames still find a way through nginx.
    for (const color of COLORS) this.#place.started.forget(color);
    const killed = await project.end(...COLORS.flatMap((color) => [serviceOf(color), taskServiceOf(color)]));
    await project.compose(['--profile', '*', 'down', '--remove-orphans']);
    return killed;
  }

  async isUp(): Promise<boolean> {
    return (await this.#place.project.of(...CORE)).length > 0;
  }

  async parts(): Promise<readonly Part[]> {
    const found = await this.#place.project.of(...CORE);
    return CORE.map((name) =>
      partOf(
        name,
        found.find(({ service }) => service === name),
      ),
    );
  }

  taskWorkers(): Promise<readonly TaskWorkerProcess[]> {
    return this.#tasks.processes();
  }

  async startOptional(): Promise<readonly string[]> {
    const { project, layout, settings, started, environment } = this.#place;
    if (settings.OBSERVABILITY === 'off') return [];
    const troubles: string[] = [];
    const active = activeIn(layout) ?? 'blue';
    // One of them is of our own image.
    const ofRelease = releaseEnvironment(started.of(active)?.['RELEASE'] ?? '');
    for (const { name, title, port } of PARTS) {
      try {
        const words = ['--profile', 'observability', 'up', ...ONLY_THESE, name];
        await project.compose(words, { ...environment(active), ...ofRelease });
      } catch (error) {
        const why = messageOf(error);
        const setting = new RegExp(`^port ${settings[port]} `).test(why) ? ` (${port})` : '';
        troubles.push(`${title} was not started: ${why}${setting}`);
      }
    }
    return troubles;
  }

  async optional(): Promise<readonly OptionalPart[]> {
    const containers = await this.#place.project.containers();
    return PARTS.map((part) => this.#optionalPart(part, containers));
  }

  #optionalPart(part: PartSpec, containers: readonly Container[]): OptionalPart {
    const { settings } = this.#place;
    const { name, title, hasPage } = part;
    const shown = { name, title, hasPage, url: pageAddress(part.port, settings) };
    const container = containers.find(({ service }) => service === name);
    if (container === undefined) {
      const why = settings.OBSERVABILITY === 'off' ? 'is off (OBSERVABILITY)' : 'was not started';
      return { ...shown, state: settings.OBSERVABILITY === 'off' ? 'absent' : 'stopped', why };
    }
    if (container.pid !== 0) return { ...shown, state: 'running', pid: container.pid };
    return { ...shown, state: 'ended', why: endOf(container) };
  }

  /** It is well in its container; here it is reached through Docker. @throws {Failure} */
  async #awaitPublished(): Promise<void> {
    const { METRICS_PORT: port } = this.#place.settings;
    const isThere = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/stub_status`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
        ({ ok }) => ok,
        () => false,
      );
    if (await holdsWithin(HEALTHY_MS, isThere)) return;
    throw new Failure(
      `nginx runs in its container, and does not answer on port ${port} of this machine (METRICS_PORT)`,
    );
  }
}

/** Redis is on no port of this machine, and task workers are on any that is free. */
const publishedPorts = (settings: StackSettings): readonly OwnedPort[] =>
  portsOf({ ...settings, TASK_WORKERS: 0 }).filter(({ setting }) => setting !== 'REDIS_PORT');
