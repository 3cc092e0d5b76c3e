import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../../infra/testing/free-port.js';
import { StackSettings } from '../../settings.js';
import { layoutOf } from './layout.js';
import { LocalEngine } from './local-engine.js';
import type { NginxFiles } from './nginx.js';
import type { Supervisor } from './supervisor.js';

test.each([
  ['those of its release', 'r1'],
  ['none where its release has none, whatever the conductor was given', 'r2'],
])('a color gets the handlers and the tasks of its release: %s', async (_what, id) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const layout = layoutOf('/checkout', folder);
  for (const part of ['handlers', 'tasks']) mkdirSync(join(layout.releases, 'r1', part), { recursive: true });
  const settings = StackSettings.parse({ WORKERS: 1, TASK_WORKERS: 0, BLUE_PORT_BASE: (await freePort()) - 1 });
  const supervisor = { add: async () => {}, remove: async () => {} } as unknown as Supervisor;
  const engine = new LocalEngine(layout, settings, supervisor, {} as unknown as NginxFiles);
  const given = { HANDLERS: '/home/ada/my-handlers', TASKS: '/home/ada/my-tasks' };
  await engine.start('blue', { id, git: 'g', built_at: 't' }, given);
  const text = readFileSync(join(layout.colors, 'blue.conf'), 'utf8');
  const builtAs = (folder: string): string => (id === 'r1' ? join(layout.releases, id, folder) : '');
  expect(/HANDLERS="([^"]*)"/.exec(text)?.[1]).toBe(builtAs('handlers'));
  expect(/TASKS="([^"]*)"/.exec(text)?.[1]).toBe(builtAs('tasks'));
});
