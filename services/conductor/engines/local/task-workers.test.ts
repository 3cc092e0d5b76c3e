import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StackSettings } from '../../settings.js';
import { layoutOf } from './layout.js';
import { Supervisor } from './supervisor.js';
import { TaskWorkers, taskWorkersAmong } from './task-workers.js';
import { taskTargets } from './targets.js';

const RELEASE = { id: 'r1', git: '', built_at: '' };

const stage = (given: Readonly<Record<string, unknown>>, hasTasks = true) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-task-workers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const layout = layoutOf('/c', folder);
  const settings = StackSettings.parse(given);
  const main = join(layout.releases, 'r1/dist/services/tasks');
  mkdirSync(layout.colors, { recursive: true });
  mkdirSync(main, { recursive: true });
  if (hasTasks) writeFileSync(join(main, 'main.js'), '');
  const written = (): string => readFileSync(join(layout.colors, 'tasks-blue.conf'), 'utf8');
  return { layout, settings, written, workers: new TaskWorkers(layout, settings, new Supervisor(layout.socket)) };
};

describe('task workers of a color', () => {
  test('run its release behind its workers, and have longer to stop than their tasks to end', () => {
    const { layout, settings, written, workers } = stage({
      WORKERS: 2,
      TASK_WORKERS: 2,
      TASK_DRAIN: 7,
      HTTP_PORT: 9000,
    });
    expect(workers.write('blue', RELEASE, {})).toBe(true);
    expect(written()).toContain('[group:tasks-blue]\nprograms=tasks-blue-1,tasks-blue-2');
    expect(written()).toMatch(/^command=nice -n 5 ".*" ".*r1\/dist\/services\/tasks\/main\.js"$/m);
    expect(written()).toMatch(/^stopwaitsecs=17$/m);
    expect(taskTargets(layout, settings)).toEqual(
      [8003, 8004].map((port, index) => ({
        targets: [`127.0.0.1:${port}`],
        labels: { color: 'blue', worker: `tasks-${index + 1}`, release: 'r1', switchyard_cluster: 'localhost:9000' },
      })),
    );
    expect(taskTargets(layout, settings, 'blue')).toEqual([]);
  });

  test('get the settings of tasks and no secret of the gateway', () => {
    const { written, workers } = stage({});
    const secrets = {
      CONTROL_TOKEN: 'secret-1',
      ADMIN_PASSWORD: 'secret-2',
      JWT_SECRET: 'secret-3',
      API_KEYS: 'secret-4',
    };
    workers.write('blue', RELEASE, { ...secrets, TASKS: '/mine', TASK_LEASE: '3', TASK_RESTART_INTERVAL: '5' });
    expect(written()).toMatch(/TASKS="\/mine",TASK_LEASE="3"/);
    expect(written()).not.toMatch(/secret|RESTART/);
  });

  test('are none where nobody wants any, and of a release from before there were tasks', () => {
    expect(stage({ TASK_WORKERS: 0 }).workers.write('blue', RELEASE, {})).toBe(false);
    expect(stage({}, false).workers.write('blue', RELEASE, {})).toBe(false);
  });

  test('are found among the programs, with their ports', () => {
    const program = { statename: 'RUNNING', pid: 9, start: 60, exitstatus: 0, spawnerr: '' };
    const programs = [
      { ...program, group: 'blue', name: 'blue-1' },
      { ...program, group: 'tasks-blue', name: 'tasks-blue-2' },
      { ...program, group: 'tasks-green', name: 'tasks-green-9', statename: 'FATAL', pid: 0, spawnerr: 'no' },
    ];
    const startedAt = new Date(60_000);
    expect(taskWorkersAmong(programs, stage({ WORKERS: 2, TASK_WORKERS: 2 }).settings)).toEqual([
      { name: 'tasks-blue-2', state: 'running', pid: 9, detail: '', url: 'http://127.0.0.1:8004', startedAt },
      { name: 'tasks-green-9', state: 'fatal', pid: undefined, detail: 'no', url: undefined, startedAt },
    ]);
  });
});
