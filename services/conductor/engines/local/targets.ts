import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackSettings } from '../../settings.js';
import { COLORS, type Color } from '../engine.js';
import { releaseIn } from './color-programs.js';
import { tasksGroup } from './task-workers.js';
import { taskWorkerPorts, workerPorts, type Layout } from './layout.js';
import { textOf } from './log-files.js';
import { portOf, type PartSpec } from './parts/part.js';

/** One entry of Prometheus's file-based discovery (https://prometheus.io/docs/guides/file-sd/). */
type Target = Readonly<{ targets: readonly string[]; labels: Readonly<Record<string, string>> }>;

/** What tells this cluster from others in one Prometheus: where it is reached. */
export const clusterOf = (settings: StackSettings): string => `localhost:${settings.HTTP_PORT}`;

/** The workers of each color that was started and not stopped, but for those of `leaving`. */
export const workerTargets = (layout: Layout, settings: StackSettings, leaving?: Color): readonly Target[] =>
  COLORS.filter((color) => color !== leaving).flatMap((color) => {
    const release = releaseIn(textOf(join(layout.colors, `${color}.conf`)));
    if (release === undefined) return [];
    return workerPorts(settings, color).map(({ name, port }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { color, worker: name, release, switchyard_cluster: clusterOf(settings) },
    }));
  });

/** As `workerTargets`: task workers. */
export const taskTargets = (layout: Layout, settings: StackSettings, leaving?: Color): readonly Target[] =>
  COLORS.filter((color) => color !== leaving).flatMap((color) => {
    const release = releaseIn(textOf(join(layout.colors, `${tasksGroup(color)}.conf`)));
    if (release === undefined) return [];
    return taskWorkerPorts(settings, color).map(({ name, port }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { color, worker: `tasks-${name}`, release, switchyard_cluster: clusterOf(settings) },
    }));
  });

/** Tells Prometheus which workers there are: when a color starts, and before it stops. */
export const writeWorkerTargets = (layout: Layout, settings: StackSettings, leaving?: Color): void => {
  writeTargets(layout, 'workers', workerTargets(layout, settings, leaving));
  writeTargets(layout, 'tasks', taskTargets(layout, settings, leaving));
};

export const removeWorkerTargets = (layout: Layout): void => {
  for (const name of ['workers', 'tasks']) rmSync(join(layout.targets, `${name}.json`), { force: true });
};

/** Tells Prometheus of a part that runs. */
export const writePartTarget = (layout: Layout, settings: StackSettings, part: PartSpec): void => {
  if (part.job === undefined) return;
  const labels = { switchyard_cluster: clusterOf(settings) };
  writeTargets(layout, part.name, [{ targets: [`127.0.0.1:${portOf(part, settings)}`], labels }]);
};

export const removePartTarget = (layout: Layout, part: PartSpec): void =>
  rmSync(join(layout.targets, `${part.name}.json`), { force: true });

/** By a rename: Prometheus never reads half a file. */
const writeTargets = (layout: Layout, name: string, targets: readonly Target[]): void => {
  mkdirSync(layout.targets, { recursive: true });
  const fresh = join(layout.targets, `.${name}.${process.pid}.new`);
  writeFileSync(fresh, `${JSON.stringify(targets, null, 2)}\n`);
  renameSync(fresh, join(layout.targets, `${name}.json`));
};
