import { COLORS, type Color } from '../engines/engine.js';
import { askRedis, type RedisStatus } from '../engines/local/redis-status.js';
import { clientOf, publicUrl, type Site } from '../site.js';
import { nameOf } from '../worker-client.js';

export type WorkerStatus = Readonly<{
  worker: string;
  url: string;
  state: string;
  ready: string;
  pid: number | undefined;
  release: string | undefined;
  connections: number | undefined;
  draining: boolean;
}>;
export type ColorStatus = Readonly<{
  color: Color;
  active: boolean;
  release: string | undefined;
  workers: readonly WorkerStatus[];
}>;
export type Status = Readonly<{
  up: boolean;
  active: Color | undefined;
  url: string;
  colors: readonly ColorStatus[];
  old_nginx_generations: number;
  redis: RedisStatus;
  nginx_pid: number | undefined;
  run_dir: string;
}>;

export const readStatus = async (site: Site): Promise<Status> => {
  const up = await site.stack.isUp();
  const active = await site.engine.active();
  const parts = up ? await site.stack.parts() : [];
  return {
    up,
    active: up ? active : undefined,
    url: publicUrl(site),
    colors: up ? await Promise.all(COLORS.map((color) => readColor(site, color, active === color))) : [],
    old_nginx_generations: await site.engine.retiring(),
    redis: await askRedis(site.settings.stack.REDIS_PORT),
    nginx_pid: parts.find((part) => part.name === 'nginx')?.pid,
    run_dir: site.run.path,
  };
};

const readColor = async (site: Site, color: Color, active: boolean): Promise<ColorStatus> => {
  const workers = await Promise.all((await site.engine.workers(color)).map((worker) => readWorker(site, worker)));
  return { color, active, release: workers[0]?.release ?? site.run.releaseOf(color), workers };
};

const readWorker = async (
  site: Site,
  worker: Awaited<ReturnType<Site['engine']['workers']>>[number],
): Promise<WorkerStatus> => {
  const client = clientOf(site, worker);
  const [readiness, version, status] = await Promise.all([
    client.readiness(),
    client.version().catch(() => undefined),
    client.status().catch(() => undefined),
  ]);
  return {
    worker: nameOf(worker),
    url: worker.url,
    state: worker.state,
    ready: readiness.state === 'ready' ? 'ready' : readiness.why,
    pid: worker.state === 'running' ? worker.pid : undefined,
    release: version?.release,
    connections: status?.connections,
    draining: status !== undefined && status.drain !== null,
  };
};

export const describeStatus = (status: Status): string => {
  if (!status.up) return `The stack is down (${status.run_dir}): "make dev-up" starts it.`;
  const { redis } = status;
  const connections = status.colors
    .flatMap(({ workers }) => workers)
    .reduce((sum, worker) => sum + (worker.connections ?? 0), 0);
  return [
    `${status.url}   ${status.active ?? 'no color'} is active, ${connections} connections`,
    ...status.colors.flatMap(describeColor),
    redis.state === 'up'
      ? `redis  ${redis.version}, ${redis.memory}, ${redis.clients} clients`
      : `redis  down: ${redis.why}`,
    `nginx  pid ${status.nginx_pid ?? '–'}, ${status.old_nginx_generations} old generations`,
  ].join('\n');
};

const describeColor = ({ color, active, release, workers }: ColorStatus): readonly string[] => [
  `${active ? '▶' : ' '} ${color.padEnd(6)} ${workers.length === 0 ? 'stopped' : 'running'}  release ${release ?? '–'}`,
  ...workers.map(
    ({ worker, url, state, ready, pid, connections, draining }) =>
      `    ${worker.padEnd(9)} ${url}  pid ${String(pid ?? '–').padEnd(7)} ${state}, ${ready}, ${connections ?? '–'} connections${draining ? ', draining' : ''}`,
  ),
];
