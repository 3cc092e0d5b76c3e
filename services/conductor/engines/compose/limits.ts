import { join } from 'node:path';
import { messageOf } from '../../failure.js';
import { fileLimitIn } from '../../processes.js';
import type { StackSettings } from '../../settings.js';
import type { BrokerLimits, BrokerStatus, Limit, Limits } from '../engine.js';
import { portRange, readFront, stopSeconds } from '../local/limits.js';
import { textOf } from '../local/log-files.js';
import { parseRedisSettings, REDIS_SETTINGS } from '../local/redis-settings.js';
import { statusIn } from '../local/redis-status.js';
import { BROKER, FRONT, RUN_DIR } from './files.js';
import type { ComposeFront } from './front.js';
import type { Project } from './project.js';

/** What is written down, whether the stack runs or not. */
export const standingLimits = (checkout: string, settings: StackSettings): Limits => ({
  kill: { setting: 'stop_grace_period', value: stopSeconds(settings) },
  front: readFront(textOf(join(checkout, 'nginx/nginx.conf'))),
  workerFiles: undefined,
  localPorts: undefined,
  broker: undefined,
});

/** What a running stack runs with. @throws {Failure} */
export const runningLimits = async (standing: Limits, project: Project, front: ComposeFront): Promise<Limits> => {
  const [text, ports, processes, files, broker] = await Promise.all([
    project.exec(FRONT, 'cat', join(RUN_DIR, 'nginx/nginx.conf')),
    project.exec(FRONT, 'cat', '/proc/sys/net/ipv4/ip_local_port_range'),
    front.taking(),
    // The daemon gives all containers the same.
    project.exec(FRONT, 'cat', '/proc/1/limits').then(fileLimitIn),
    brokerLimits(project),
  ]);
  return {
    ...standing,
    front: { ...readFront(text), processes, files: limitOf('open files of nginx', files) },
    workerFiles: limitOf('open files of a worker', files),
    localPorts: portRange(ports),
    broker,
  };
};

const limitOf = (setting: string, value: number | undefined): Limit | undefined =>
  value === undefined ? undefined : { setting, value };

export const askBroker = async (project: Project): Promise<BrokerStatus> => {
  try {
    // The one who asks is counted among the clients, as he is where he asks by a connection of his own.
    return statusIn(await project.exec(BROKER, 'redis-cli', 'INFO'));
  } catch (error) {
    return { state: 'down', why: messageOf(error) };
  }
};

const brokerLimits = async (project: Project): Promise<BrokerLimits | undefined> => {
  try {
    const [wanted, ...found] = await Promise.all([
      project.exec(BROKER, 'cat', join(RUN_DIR, 'supervisor/redis.conf')),
      ...REDIS_SETTINGS.map((name) => project.exec(BROKER, 'redis-cli', 'CONFIG', 'GET', name)),
    ]);
    const values = new Map(found.map((text) => text.split('\n')).map(([name = '', value = '']) => [name, value]));
    return parseRedisSettings((name) => values.get(name), wanted);
  } catch {
    return undefined;
  }
};
