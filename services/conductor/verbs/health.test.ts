import { describe, expect, test } from 'vitest';
import { describeStatus, FINISH_IT, troublesOf } from './health.js';
import type { ColorStatus, Found, WorkerStatus } from './status.js';

const worker = (name: string, more: Partial<WorkerStatus> = {}): WorkerStatus => ({
  worker: name,
  url: 'http://127.0.0.1:65101',
  state: 'running',
  ready: 'ready',
  pid: 1_234_567,
  release: 'r1',
  connections: 100_000,
  draining: false,
  drain_left: undefined,
  event_loop_lag_ms: 1,
  started_at: '2026-01-01T11:00:00.000Z',
  restarted: false,
  ...more,
});
const color = (name: 'blue' | 'green', workers: readonly WorkerStatus[]): ColorStatus => ({
  color: name,
  active: name === 'blue',
  release: '20261124T220107Z.2-0123456789ab-dirty',
  workers,
});
const found = (blue: readonly WorkerStatus[], more: Partial<Found> = {}): Found => ({
  up: true,
  processes: 9,
  wanted: 2,
  active: 'blue',
  url: 'http://127.0.0.1:80',
  front: 'ok',
  colors: [color('blue', blue), color('green', [])],
  old_nginx_generations: 0,
  redis: { state: 'up', version: '7.0.15', memory: '1.4M', clients: 4 },
  nginx_pid: 7,
  tasks: [],
  queue: undefined,
  watching: [],
  at_work: false,
  run_dir: '/run/s',
  ...more,
});
const well = [worker('blue-1'), worker('blue-2')];
const words = (of: Found): string => {
  const troubles = troublesOf(of);
  return describeStatus({ ...of, troubles, well: troubles.length === 0 });
};

describe('what does not run', () => {
  test('a worker that was restarted is well, and pointed out with the time', () => {
    const startedAt = new Date(2026, 0, 1, 18, 26, 54).toISOString();
    const seen = found([worker('blue-1'), worker('blue-2', { restarted: true, started_at: startedAt })]);
    expect(troublesOf(seen)).toEqual([]);
    const [one, two] = words(seen)
      .split('\n')
      .filter((line) => line.includes('ready, '));
    expect(two).toMatch(/blue-2 .* ready, 100000 connections, restarted 18:26:54$/);
    expect(one).toMatch(/ready, 100000 connections$/);
  });

  test('nothing, when the active color serves; an idle one need not', () => {
    const green = color('green', [worker('green-1', { state: 'failed', ready: 'it exited with status 3' })]);
    expect(troublesOf(found(well))).toEqual([]);
    expect(troublesOf(found(well, { colors: [color('blue', well), green] }))).toEqual([]);
  });

  test('a task worker that was given up, and one that runs and takes no tasks', () => {
    const running = { state: 'running', pid: 9, detail: '', url: 'http://127.0.0.1:65103' };
    const tasks = [
      { ...running, name: 'tasks-blue-1', ready: 'ready' },
      {
        ...running,
        name: 'tasks-blue-2',
        ready: 'fatal',
        state: 'fatal',
        pid: undefined,
        detail: 'Exited too quickly',
      },
      { ...running, name: 'tasks-blue-3', ready: 'Redis is away' },
      { ...running, name: 'tasks-blue-4', ready: 'starting' },
    ];
    const seen = found(well, { tasks, queue: { waiting: 3, active: 2, done: 40, failed: 1 } });
    expect(troublesOf(seen)).toEqual([
      'tasks-blue-2 fatal: Exited too quickly: tasks wait for another one',
      'tasks-blue-3 runs and takes no tasks: Redis is away',
    ]);
    const lines = words(seen).split('\n');
    expect(lines.filter((line) => line.startsWith('tasks  '))).toEqual([
      'tasks  tasks-blue-1 ready, pid 9',
      'tasks  tasks-blue-2 fatal',
      'tasks  tasks-blue-3 takes no tasks, pid 9',
      'tasks  tasks-blue-4 starting, pid 9',
    ]);
    expect(lines).toContain('queue  3 waiting, 2 active; 40 done, 1 failed since the task workers began');
  });

  test.each([
    [
      'a worker that was given up',
      [worker('blue-1', { state: 'failed', ready: 'exit 3' }), worker('blue-2')],
      'blue-1 failed: exit 3',
    ],
    [
      'a worker that runs and answers nothing',
      [worker('blue-1'), worker('blue-2', { ready: 'blue-2 /readyz/: no answer within 3 s' })],
      'blue-2 runs and is not ready: /readyz/: no answer within 3 s',
    ],
    ['a color without workers', [], 'blue has 0 of 2 workers'],
  ] as const)('%s', (_, workers, trouble) => {
    expect(troublesOf(found(workers))).toEqual([trouble]);
  });

  test('two colors run and no deploy is at work: one was not finished', () => {
    const two = { colors: [color('blue', well), color('green', [worker('green-1')])] };
    expect(troublesOf(found(well, { ...two, at_work: true }))).toEqual([]);
    const left = found(well, two);
    expect(troublesOf(left)).toEqual(['a deploy was not finished: blue is active, green still runs']);
    expect(words(left).split('\n').slice(-2)).toEqual([
      'Not well: a deploy was not finished: blue is active, green still runs',
      FINISH_IT,
    ]);
    const ill = { ...left, front: 'answers 502' };
    expect(words(ill).split('\n').slice(-2)).toEqual([
      '"make dev-up" starts again what has ended; "make logs COLOR=blue" tells why it did.',
      FINISH_IT,
    ]);
  });

  test('Redis, nginx, its port, a color at all, the stack', () => {
    expect(troublesOf(found(well, { redis: { state: 'down', why: 'refused' } }))).toEqual([
      'Redis does not answer: refused',
    ]);
    expect(troublesOf(found(well, { nginx_pid: undefined, front: 'does not answer: refused' }))).toEqual([
      'nginx does not run',
      'http://127.0.0.1:80 does not answer: refused',
    ]);
    expect(troublesOf(found(well, { colors: [] }))).toEqual(['no color is active']);
    expect(troublesOf(found([], { up: false, processes: 0 }))).toEqual(['nothing of this stack runs']);
    expect(troublesOf(found([], { up: false, processes: 3 }))).toEqual([
      'what holds this stack together is gone; 3 processes of it still run',
    ]);
  });
});

describe('what status says', () => {
  test('a dead part that only watches is a note: all is well', () => {
    const loki = { name: 'loki', title: 'Loki', url: '', hasPage: false } as const;
    const ended = found(well, { watching: [{ ...loki, state: 'ended', why: 'it exited with status 1' }] });
    expect(troublesOf(ended)).toEqual([]);
    expect(words(ended)).toContain('Note: loki ended, it exited with status 1. The cluster does without it.');
    expect(words(found(well, { watching: [{ ...loki, state: 'running', pid: 1 }] }))).toContain('watch  loki');
  });

  test('it fits into 80 columns, with long names and high figures', () => {
    const names = ['prometheus', 'grafana', 'loki', 'alertmanager', 'exporter', 'redis-exporter', 'nginx-exporter'];
    const watching = names.map((name) => ({ name, title: '', url: '', hasPage: false, state: 'starting' as const }));
    const wide = words(found([worker('blue-64', { draining: true }), worker('blue-2')], { watching }));
    expect(
      wide
        .split('\n')
        .map((line) => line.length)
        .filter((length) => length > 80),
    ).toEqual([]);
  });

  test('a color whose workers have ended does not run; the last lines say what to do', () => {
    const dead = { state: 'failed', ready: 'exit 3', pid: undefined, connections: undefined };
    const text = words(found([worker('blue-1', dead), worker('blue-2', dead)]));
    expect(text).toContain('▶ blue   0 of 2 ready');
    expect(text.split('\n').at(-1)).toBe(
      '"make dev-up" starts again what has ended; "make logs COLOR=blue" tells why it did.',
    );
  });

  test('nothing is added when all is well; a stack that is down is told in two lines', () => {
    expect(words(found(well))).not.toContain('Not well');
    expect(words(found([], { up: false, processes: 0 }))).toBe(
      'Down: nothing of this stack runs (/run/s).\n"make dev-up" starts it.',
    );
  });
});
