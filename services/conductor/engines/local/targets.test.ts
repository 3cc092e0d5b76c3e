import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { StackSettings } from '../../settings.js';
import { renderColorPrograms } from './color-programs.js';
import { layoutOf, type Layout } from './layout.js';
import { LocalEngine } from './local-engine.js';
import { NginxFiles } from './nginx.js';
import { prometheus } from './parts/prometheus.js';
import { Supervisor } from './supervisor.js';
import { removePartTarget, workerTargets, writePartTarget, writeWorkerTargets } from './targets.js';

const settings = StackSettings.parse({ WORKERS: 2, HTTP_PORT: 9000 });

const place = (...colors: readonly ('blue' | 'green')[]): Layout => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-targets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const layout = layoutOf('/c', folder);
  mkdirSync(layout.colors, { recursive: true });
  for (const color of colors) {
    const program = {
      color,
      workers: [{ name: '1', port: 1 }],
      node: '/n',
      user: undefined,
      releaseDirectory: '/r',
      logDirectory: '/l',
    };
    const text = renderColorPrograms({ ...program, stopSeconds: 1, environment: { RELEASE: `release-of-${color}` } });
    writeFileSync(join(layout.colors, `${color}.conf`), text);
  }
  return layout;
};

test('every worker of every color that was started, with color, worker, release and cluster', () => {
  expect(workerTargets(place('green'), settings)).toEqual(
    ['1', '2'].map((worker) => ({
      targets: [`127.0.0.1:810${worker}`],
      labels: { color: 'green', worker, release: 'release-of-green', switchyard_cluster: 'localhost:9000' },
    })),
  );
  expect(workerTargets(place('blue', 'green'), settings)).toHaveLength(4);
});

test('a color that is being stopped is not one of them any more', () => {
  const layout = place('blue', 'green');
  writeWorkerTargets(layout, settings, 'blue');
  const text = readFileSync(join(layout.targets, 'workers.json'), 'utf8');
  expect(text).toContain('release-of-green');
  expect(text).not.toContain('blue');
});

test('the engine takes a color away before it stops, and brings it back when it could not be stopped', async () => {
  const layout = place('blue', 'green');
  const known = (): readonly string[] =>
    readFileSync(join(layout.targets, 'workers.json'), 'utf8').match(/(?<=release-of-)\w+/g) ?? [];
  const supervisor = new Supervisor(layout.socket);
  const seen: string[][] = [];
  const remove = vi.spyOn(supervisor, 'remove').mockImplementation(async () => void seen.push([...known()]));
  const engine = new LocalEngine(layout, settings, supervisor, new NginxFiles(layout, settings, 'nginx'));
  remove.mockRejectedValueOnce(new Error('blue still runs'));
  await expect(engine.stop('blue')).rejects.toThrow('blue still runs');
  expect(known()).toEqual(['blue', 'blue', 'green', 'green']);
  await engine.stop('blue');
  // Its task workers are stopped beside it.
  expect(new Set(seen.map((colors) => colors.join(' ')))).toEqual(new Set(['green green']));
  expect(known()).toEqual(['green', 'green']);
});

test('files are whole at any time: nothing is left of how they are made', () => {
  const layout = place('blue');
  writeWorkerTargets(layout, settings);
  writePartTarget(layout, settings, prometheus);
  expect(readdirSync(layout.targets).sort()).toEqual(['prometheus.json', 'tasks.json', 'workers.json']);
  removePartTarget(layout, prometheus);
  expect(readdirSync(layout.targets)).toEqual(['tasks.json', 'workers.json']);
});
