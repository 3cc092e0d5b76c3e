import { z } from 'zod';
import { NO_ADDRESS, type Part, type WorkerProcess, type Color } from '../engine.js';
import { WORKER_PORT } from './files.js';

/** What `docker inspect` tells of a container, as far as it is of use here. */
const Inspected = z.object({
  Id: z.string(),
  Config: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()) }),
  State: z.object({
    Status: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
    Pid: z.number(),
    ExitCode: z.number(),
    Error: z.string(),
    StartedAt: z.string(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
  }),
});

export type Container = Readonly<{
  id: string;
  /** The name of the service in compose.yml. */
  service: string;
  state: z.infer<typeof Inspected>['State']['Status'];
  isHealthy: boolean;
  /** On the machine of the daemon; 0: none. */
  pid: number;
  startedAt: string;
  exitCode: number;
  /** Why it can't be started, by the daemon's word. */
  error: string;
  /** The tag of its image. */
  tag: string;
  /** Where the port of a worker is published on this machine. */
  url: string | undefined;
}>;

/** @param text what `docker inspect` printed of containers of a compose project */
export const containersIn = (text: string): readonly Container[] =>
  z
    .array(Inspected)
    .parse(JSON.parse(text))
    .map(({ Id: id, Config, State, NetworkSettings }) => ({
      id,
      service: Config.Labels['com.docker.compose.service'] ?? '',
      state: State.Status,
      isHealthy: State.Health?.Status === 'healthy',
      pid: State.Pid,
      startedAt: State.StartedAt,
      exitCode: State.ExitCode,
      error: State.Error,
      tag: Config.Image.split(':').at(-1) ?? '',
      url: urlOf(NetworkSettings.Ports[`${WORKER_PORT}/tcp`]?.[0]),
    }));

const urlOf = (published: Readonly<{ HostIp: string; HostPort: string }> | undefined): string | undefined =>
  published && `http://${published.HostIp}:${published.HostPort}`;

/** As the worker in it calls itself: the name of its host. */
export const nameOfContainer = ({ id }: Pick<Container, 'id'>): string => id.slice(0, 12);

/** The worker of a container; one that Docker starts again has ended by itself. */
export const workerIn = (color: Color, container: Container): WorkerProcess => {
  // A container that does not run has no port.
  const worker = { color, name: nameOfContainer(container), url: container.url ?? NO_ADDRESS };
  switch (container.state) {
    case 'running':
    case 'paused':
      return { ...worker, state: 'running', pid: container.pid, since: container.startedAt };
    case 'created':
      return container.error === ''
        ? { ...worker, state: 'starting' }
        : { ...worker, state: 'failed', why: container.error };
    case 'removing':
      return { ...worker, state: 'stopping' };
    case 'restarting':
    case 'exited':
    case 'dead':
      return { ...worker, state: 'failed', why: `it exited with status ${container.exitCode}` };
  }
  return container.state satisfies never;
};

const LACKING = 'lacking-';
export const isLacking = (name: string): boolean => name.startsWith(LACKING);

/** Workers that a color has no container for. `found`: containers that there are; `wanted`: that there should be. */
export const lackingWorkers = (color: Color, found: number, wanted: number): readonly WorkerProcess[] =>
  Array.from({ length: Math.max(0, wanted - found) }, (_, index) => ({
    color,
    name: `${LACKING}${index + 1}`,
    url: NO_ADDRESS,
    state: 'failed',
    why: 'its container was removed',
  }));

/** Why a container does not run. */
export const endOf = ({ error, exitCode }: Container): string =>
  error === '' ? `it exited with status ${exitCode}` : error;

/** A part of the stack as its container is; undefined: there is none. */
export const partOf = (name: string, container: Container | undefined): Part => {
  if (container === undefined) return { name, state: 'stopped', pid: undefined, detail: 'there is no container' };
  const { state, pid } = container;
  return { name, state, pid: pid === 0 ? undefined : pid, detail: pid === 0 ? endOf(container) : '' };
};
