import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '../../failure.js';
import type { Color, Engine, Limits } from '../engine.js';
import type { Release, WorkerAddress, WorkerProcess } from '../engine.js';
import { pointFront } from '../nginx-conf.js';
import { activeIn } from '../local/nginx.js';
import { nameOf } from '../../worker-client.js';
import { isLacking, lackingWorkers, nameOfContainer, workerIn, type Container } from './container.js';
import { releaseEnvironment, workerEnvironmentIn } from './environment.js';
import { PRIVATE_RANGES, serviceOf, taskServiceOf } from './files.js';
import { ComposeFront } from './front.js';
import { runningLimits, standingLimits } from './limits.js';
import type { Place } from './place.js';
import { ONLY_THESE } from './project.js';
import { withFiles } from './worker-files.js';

/** Of a worker that a failure names. */
const LINES_KEPT = '10000';

/** Workers as containers of compose.yml, each color from its image, nginx in front. */
export class ComposeEngine implements Engine {
  /** A port that is published is reached from an address of Docker's. */
  readonly nearby = PRIVATE_RANGES.join(',');
  readonly #place: Place;
  readonly #front: ComposeFront;

  constructor(place: Place) {
    this.#place = place;
    this.#front = new ComposeFront(place.project);
  }

  async start(color: Color, release: Release, environment: Readonly<Record<string, string>>): Promise<void> {
    const { project, layout, settings } = this.#place;
    await this.stop(color);
    const active = (await this.active()) ?? color;
    const withCopies = withFiles(environment, color, this.#place.files);
    const ofWorkers = workerEnvironmentIn(join(layout.releases, release.id), withCopies, settings);
    const given = { ...this.#place.environment(active), ...ofWorkers, ...releaseEnvironment(release.id) };
    await project.compose(['up', ...ONLY_THESE, serviceOf(color), taskServiceOf(color)], given);
    this.#place.started.keep(color, given, settings.WORKERS);
  }

  async stop(color: Color): Promise<void> {
    this.#place.started.forget(color);
    await this.#place.project.end(serviceOf(color), taskServiceOf(color));
  }

  async restart(workers: readonly WorkerAddress[]): Promise<void> {
    const { project } = this.#place;
    const here = workers.filter(({ name }) => !isLacking(name));
    if (here.length > 0) await project.docker.run(['restart', ...here.map(({ name }) => name)]);
    for (const color of new Set(workers.filter(({ name }) => isLacking(name)).map((worker) => worker.color))) {
      await project.compose(['up', ...ONLY_THESE, '--no-recreate', serviceOf(color)], this.#place.started.of(color));
    }
  }

  /** Of a color that was started, those whose containers somebody has removed too. */
  async workers(color: Color): Promise<readonly WorkerProcess[]> {
    const found = (await this.#containers(color)).map((container) => workerIn(color, container));
    const wanted = found.length === 0 || this.#place.started.of(color) === undefined ? 0 : this.#place.settings.WORKERS;
    return [...found, ...lackingWorkers(color, found.length, wanted)];
  }

  async release(color: Color): Promise<string | undefined> {
    return (await this.#containers(color))[0]?.tag;
  }

  /** What nginx reads; where it does not run, what it read last. */
  async active(): Promise<Color | undefined> {
    return (await this.#front.active()) ?? activeIn(this.#place.layout);
  }

  async activate(color: Color): Promise<void> {
    await this.#front.check(color);
    await this.#front.point(color);
    pointFront(this.#place.layout.nginx, color);
    await this.#front.reload();
  }

  renewCertificate(): Promise<void> {
    return Promise.reject(new Failure(NO_TLS, { exitCode: 2 }));
  }

  certificate(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  retiring(): Promise<number> {
    return this.#front.retiring();
  }

  async limits(): Promise<Limits> {
    const { project, checkout, settings } = this.#place;
    const standing = standingLimits(checkout, settings);
    if (!(await this.#front.runs())) return standing;
    return runningLimits(standing, project, this.#front);
  }

  /** They are kept in a file, where those of a local worker are: an undo takes the container away. */
  async lastLines(worker: WorkerAddress, count: number): Promise<readonly string[]> {
    const { project, layout } = this.#place;
    try {
      const { out, err } = await project.docker.both(['logs', '--tail', LINES_KEPT, worker.name]);
      const lines = `${out}\n${err}`.split('\n').filter((line) => line.trim() !== '');
      mkdirSync(layout.logs, { recursive: true });
      writeFileSync(join(layout.logs, `${nameOf(worker)}.log`), `${lines.join('\n')}\n`);
      return lines.slice(-count);
    } catch (error) {
      return [messageOf(error)];
    }
  }

  async #containers(color: Color): Promise<readonly Container[]> {
    const found = await this.#place.project.of(serviceOf(color));
    return found.toSorted((a, b) => nameOfContainer(a).localeCompare(nameOfContainer(b)));
  }
}

export const NO_TLS = 'in containers nginx speaks no TLS: it ends in front of it (docs/OPERATIONS.md, Containers)';
