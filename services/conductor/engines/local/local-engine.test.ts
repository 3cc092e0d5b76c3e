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
  ['those of its release', 'r1', 'r1/handlers'],
  ['none where its release has none, whatever the conductor was given', 'r2', ''],
])('a color gets the handlers of its release: %s', async (_what, id, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const layout = layoutOf('/checkout', folder);
  mkdirSync(join(layout.releases, 'r1/handlers'), { recursive: true });
  const settings = StackSettings.parse({ WORKERS: 1, TASK_WORKERS: 0, BLUE_PORT_BASE: (await freePort()) - 1 });
  const supervisor = { add: async () => {}, remove: async () => {} } as unknown as Supervisor;
  const engine = new LocalEngine(layout, settings, supervisor, {} as unknown as NginxFiles);
  await engine.start('blue', { id, git: 'g', built_at: 't' }, { HANDLERS: '/home/ada/my-handlers' });
  const [, handlers] = /HANDLERS="([^"]*)"/.exec(readFileSync(join(layout.colors, 'blue.conf'), 'utf8')) ?? [];
  expect(handlers).toBe(expected === '' ? '' : join(layout.releases, expected));
});
