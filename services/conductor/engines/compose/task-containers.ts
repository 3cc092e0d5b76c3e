import { COLORS, type Color, type TaskWorkerProcess } from '../engine.js';
import { nameOfContainer, partOf, type Container } from './container.js';
import { taskServiceOf } from './files.js';
import type { Place } from './place.js';
import { ONLY_THESE } from './project.js';

/** What runs tasks, of both colors. */
export class TaskContainers {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Those whose containers somebody has removed too. */
  async processes(): Promise<readonly TaskWorkerProcess[]> {
    const containers = await this.#containers();
    const found = containers.map((container) => ({
      ...partOf(nameOf(container), container),
      url: container.url,
      startedAt: new Date(container.startedAt),
    }));
    return [...found, ...COLORS.flatMap((color) => lacking(color, this.#lackingOf(color, containers)))];
  }

  /** Starts those that have ended, and makes those anew that were removed. Returns their names. */
  async mend(): Promise<readonly string[]> {
    const { project, started } = this.#place;
    const containers = await this.#containers();
    const idle = containers.filter(({ pid }) => pid === 0);
    if (idle.length > 0) await project.docker.run(['start', ...idle.map(({ id }) => id)]);
    const colors = COLORS.filter((color) => this.#lackingOf(color, containers) > 0);
    for (const color of colors) {
      await project.compose(['up', ...ONLY_THESE, '--no-recreate', taskServiceOf(color)], started.of(color));
    }
    return [...idle.map(nameOf), ...colors.map(taskServiceOf)];
  }

  /** Of a color that was started. */
  #lackingOf(color: Color, containers: readonly Container[]): number {
    const { started, settings } = this.#place;
    if (started.of(color) === undefined) return 0;
    const has = containers.filter(({ service }) => service === taskServiceOf(color)).length;
    return Math.max(0, settings.TASK_WORKERS - has);
  }

  #containers(): Promise<readonly Container[]> {
    return this.#place.project.of(...COLORS.map(taskServiceOf));
  }
}

const nameOf = (container: Container): string => `${container.service}-${nameOfContainer(container)}`;

const lacking = (color: Color, count: number): readonly TaskWorkerProcess[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${taskServiceOf(color)}-lacking-${index + 1}`,
    state: 'stopped',
    pid: undefined,
    detail: 'its container was removed',
    url: undefined,
    startedAt: new Date(0),
  }));
