import { join } from 'node:path';
import type { Color } from '../engine.js';
import { assignment, literal, userLine } from './templates.js';

export type ColorPrograms = Readonly<{
  color: Color;
  workers: readonly Readonly<{ name: string; port: number }>[];
  node: string;
  releaseDirectory: string;
  /** Undefined: whoever runs supervisord. */
  user: string | undefined;
  logDirectory: string;
  /** Seconds until SIGKILL: longer than a worker's own time to drain. */
  stopSeconds: number;
  environment: Readonly<Record<string, string>>;
  /** What the workers are, where they are no gateways: how the group is called, its program in the release, and how far it stands back. */
  kind?: Readonly<{ group: string; main: string; niceness: number }>;
}>;

/**
 * supervisord's section for a color. `startsecs` only says from when on an exit is a crash that is answered at once;
 * readiness is asked from the worker itself, so a start waits for nothing.
 */
export const renderColorPrograms = (programs: ColorPrograms): string => {
  const { group } = kindOf(programs);
  const names = programs.workers.map((worker) => `${group}-${worker.name}`);
  const sections = programs.workers.map((worker) => renderWorker(programs, worker));
  return [`[group:${group}]`, `programs=${names.join(',')}`, 'priority=30', '', ...sections].join('\n');
};

const kindOf = ({
  color,
  kind = { group: color, main: 'dist/services/gateway/main.js', niceness: 0 },
}: ColorPrograms) => kind;

/** The release in a rendered section. */
export const releaseIn = (text: string): string | undefined =>
  /^environment=(?:.*,)?RELEASE=(["'])([^"']+)\1/m.exec(text)?.[2];

const renderWorker = (programs: ColorPrograms, worker: ColorPrograms['workers'][number]): string => {
  const { group, main: program, niceness } = kindOf(programs);
  const id = `${group}-${worker.name}`;
  const environment = {
    ...programs.environment,
    COLOR: programs.color,
    WORKER: worker.name,
    PORT: String(worker.port),
    HOST: '127.0.0.1',
  };
  const main = join(programs.releaseDirectory, program);
  return [
    `[program:${id}]`,
    `command=${niceness === 0 ? '' : `nice -n ${niceness} `}"${literal(programs.node)}" "${literal(main)}"`,
    `directory=${literal(programs.releaseDirectory)}`,
    ...userLine(programs.user),
    `environment=${Object.entries(environment)
      .map(([name, value]) => assignment(name, value))
      .join(',')}`,
    'autostart=true',
    'autorestart=true',
    'startsecs=1',
    'startretries=30',
    'stopsignal=TERM',
    `stopwaitsecs=${programs.stopSeconds}`,
    'stopasgroup=true',
    'killasgroup=true',
    'redirect_stderr=true',
    `stdout_logfile=${literal(join(programs.logDirectory, `${id}.log`))}`,
    'stdout_logfile_maxbytes=20MB',
    'stdout_logfile_backups=2',
    '',
  ].join('\n');
};
