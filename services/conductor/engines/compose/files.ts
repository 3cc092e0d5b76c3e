import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackSettings } from '../../settings.js';
import { COLORS, type Color } from '../engine.js';
import { layoutOf, type Layout } from '../local/layout.js';
import { PARTS } from '../local/parts/table.js';
import { portOf, type PartSpec, type Place, type RenderedFile } from '../local/parts/part.js';
import { clusterOf } from '../local/targets.js';
import { fill } from '../local/templates.js';
import { renderFront, type FrontPlace } from '../nginx-conf.js';
import { bytesOf } from '../../container-settings.js';
import type { ComposeSettings } from './config.js';

/** Where the containers of a stack have its run directory: a volume, which only one of them writes. */
export const RUN_DIR = '/run/switchyard';
/** Workers listen on the same port in each of their containers. */
export const WORKER_PORT = 8001;
/** Docker's own (https://docs.docker.com/engine/network/#dns-services). */
const NAME_SERVER = '127.0.0.11';
/** In containers nobody comes from loopback: who reaches a port that is published on loopback alone has an address of Docker's. */
export const PRIVATE_RANGES = ['127.0.0.1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * Of the memory of Redis' container what it may fill: over that it refuses writes, over all of it it would be killed, and load the
 * same again. The rest is for pages that are copied while it rewrites its file, and for what its allocator can't use.
 */
const REDIS_SHARE = 0.6;

/** Services without which there is no cluster. */
export const BROKER = 'redis';
export const FRONT = 'nginx';

/** The service, which is a name for all of its containers that run. */
export const serviceOf = (color: Color): string => `gateway-${color}`;
export const taskServiceOf = (color: Color): string => `tasks-${color}`;

/** A stack in containers, as the parts of a local one know their place. */
export const composePlace = (checkout: string, settings: ComposeSettings): Place => {
  const { CONTROL_TOKEN: _token, ACTIVE_COLOR: _active, HTTP_PORT: _published, ...given } = settings;
  return {
    layout: layoutOf(checkout, RUN_DIR),
    // In a container everything has its own port; those of this machine are given where they are published.
    settings: StackSettings.parse(given),
    path: '',
    cache: '',
    build: '',
    inContainers: {
      host: '0.0.0.0',
      workerNames: COLORS.map(serviceOf),
      taskWorkerNames: COLORS.map(taskServiceOf),
      workerPort: WORKER_PORT,
    },
  };
};

export type ComposeFiles = Readonly<{
  files: readonly RenderedFile[];
  /** Folders that hold nothing else. */
  folders: readonly string[];
}>;

/**
 * What the parts of a stack in containers read, and that is all of it: from the templates, and by the code, of a local stack.
 * `openFiles`: of a process of nginx.
 */
export const composeFiles = (checkout: string, settings: ComposeSettings, openFiles: number): ComposeFiles => {
  const place = composePlace(checkout, settings);
  const { layout, settings: stack } = place;
  const watched = { ...place, settings: { ...stack, HTTP_PORT: settings.HTTP_PORT } };
  const files = [
    ...renderFront(frontOf(layout, openFiles), stack),
    { path: layout.redisConf, text: redisConf(layout, stack) },
    { path: layout.redisGuard, text: readFileSync(join(layout.infra, 'redis-guard.sh'), 'utf8') },
    ...PARTS.flatMap((part) => part.files(watched)).map((file) => withToken(file, layout, settings.CONTROL_TOKEN)),
    ...PARTS.flatMap((part) => targetOf(part, layout, stack, clusterOf(watched.settings))),
  ];
  return { files, folders: PARTS.flatMap((part) => part.folders?.(place) ?? []) };
};

const frontOf = (layout: Layout, files: number): FrontPlace => ({
  templates: layout.nginxTemplates,
  runDir: layout.runDir,
  files,
  userLine: '',
  hosts: ['0.0.0.0'],
  nameServer: NAME_SERVER,
  near: PRIVATE_RANGES,
  workers: (color) => [`${serviceOf(color)}:${WORKER_PORT}`],
});

const redisConf = (layout: Layout, { REDIS_PORT: port, REDIS_MEMORY: memory }: StackSettings): string =>
  fill(readFileSync(join(layout.infra, 'redis.conf'), 'utf8'), {
    PORT: port,
    RUN: layout.runDir,
    MOST_MEMORY: Math.floor(bytesOf(memory) * REDIS_SHARE),
  });

const withToken = (file: RenderedFile, layout: Layout, token: string): RenderedFile =>
  file.path === join(layout.prometheus, 'worker.token') ? { ...file, text: token } : file;

/** A part is found by the name of its service. */
const targetOf = (
  part: PartSpec,
  layout: Layout,
  settings: StackSettings,
  cluster: string,
): readonly RenderedFile[] => {
  if (part.job === undefined) return [];
  const targets = [{ targets: [`${part.name}:${portOf(part, settings)}`], labels: { switchyard_cluster: cluster } }];
  return [{ path: join(layout.targets, `${part.name}.json`), text: `${JSON.stringify(targets, null, 2)}\n` }];
};
