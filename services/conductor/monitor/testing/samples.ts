import type { WorkerStatus } from '../../verbs/status.js';
import type { QueueStatus } from '../../verbs/task-workers.js';
import { Exposition } from '../exposition.js';
import type { Part } from '../parts.js';
import type { Sample } from '../sample.js';

export const BEGIN = Date.parse('2026-01-01T12:00:00Z');

export const worker = (name: string, more: Partial<WorkerStatus> = {}): WorkerStatus => ({
  worker: name,
  url: 'http://127.0.0.1:65101',
  state: 'running',
  ready: 'ready',
  pid: 1_234_567,
  release: 'r1',
  connections: 100,
  draining: false,
  drain_left: undefined,
  event_loop_lag_ms: 1.25,
  started_at: '2026-01-01T11:00:00.000Z',
  restarted: false,
  ...more,
});

type Given = Partial<Omit<Sample, 'metrics' | 'own' | 'status' | 'uses'>> &
  Readonly<{
    metrics?: string;
    /** By worker: what it counts by itself, and how many seconds after the beginning it began. */
    own?: Readonly<Record<string, readonly [metrics: string, since: number]>>;
    active?: 'blue' | 'green';
    blue?: readonly WorkerStatus[];
    green?: readonly WorkerStatus[];
    queue?: QueueStatus;
    /** By process: whose, CPU in seconds, memory in MB. */
    uses?: readonly (readonly [pid: number, part: Part, cpuSeconds: number, megabytes: number])[];
  }>;

/** A look `seconds` after the beginning: two blue workers with 100 connections each, unless another is given. */
export const sampleAt = (seconds: number, given: Given = {}): Sample => {
  const {
    metrics,
    own = {},
    active = 'blue',
    blue = [worker('blue-1'), worker('blue-2')],
    green = [],
    queue,
    uses = [],
    ...more
  } = given;
  return {
    atMs: 5_000 + seconds * 1_000,
    time: new Date(BEGIN + seconds * 1_000),
    status: {
      well: true,
      troubles: [],
      up: true,
      processes: 9,
      wanted: 2,
      active,
      url: 'http://127.0.0.1:80',
      front: 'ok',
      colors: [
        { color: 'blue', active: active === 'blue', release: 'r1', workers: blue },
        { color: 'green', active: active === 'green', release: 'r2', workers: green },
      ],
      old_nginx_generations: 0,
      tasks: [],
      queue,
      watching: [],
      redis: { state: 'up', version: '7.0.15', memory: '1.4M', clients: 4 },
      nginx_pid: 7,
      at_work: false,
      run_dir: '/run/s',
    },
    metrics: metrics === undefined ? undefined : new Exposition(metrics),
    own: new Map(
      Object.entries(own).map(([name, [text, since]]) => [
        name,
        { since: new Date(BEGIN + since * 1_000).toISOString(), metrics: new Exposition(text) },
      ]),
    ),
    uses: new Map(
      uses.map(([pid, part, cpuSeconds, megabytes]) => [
        pid,
        { part, worker: pid, cpuSeconds, memoryBytes: megabytes * 1_048_576 },
      ]),
    ),
    work: undefined,
    deploys: [],
    troubles: [],
    ...more,
  };
};
