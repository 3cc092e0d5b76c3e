import { join } from 'node:path';
import { messageOf } from '../../failure.js';
import type { StackSettings } from '../../settings.js';
import type { BrokerLimits, BrokerStatus, Limit, Limits } from '../engine.js';
import { portRange, readFront, stopSeconds } from '../local/limits.js';
import { textOf } from '../local/log-files.js';
import { parseRedisSettings, REDIS_SETTINGS } from '../local/redis-settings.js';
import { statusIn } from '../local/redis-status.js';
import type { Container } from './container.js';
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
export const runningLimits = async (
  standing: Limits,
  project: Project,
  front: ComposeFront,
  workers: readonly Container[],
): Promise<Limits> => {
  const [text, ports, processes, proxy, broker] = await Promise.all([
    project.exec(FRONT, 'cat', join(RUN_DIR, 'nginx/nginx.conf')),
    project.exec(FRONT, 'cat', '/proc/sys/net/ipv4/ip_local_port_range'),
    front.taking(),
    project.of(FRONT),
    brokerLimits(project),
  ]);
  return {
    ...standing,
    front: { ...readFront(text), processes, files: leastFiles('open files of nginx', proxy) },
    workerFiles: leastFiles('open files of a worker', workers),
    localPorts: portRange(ports),
    broker,
  };
};

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

const leastFiles = (setting: string, containers: readonly Container[]): Limit | undefined => {
  const known = containers.flatMap(({ openFiles }) => openFiles ?? []);
  return known.length === 0 ? undefined : { setting, value: Math.min(...known) };
};
