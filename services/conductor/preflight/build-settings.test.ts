import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../gateway/config/config.js';
import { DEFAULTS } from '../../gateway/defaults.js';
import { readBuildSettings } from './build-settings.js';

/** A build that carries this. */
const buildWith = (text: string): string => {
  const build = mkdtempSync(join(tmpdir(), 'switchyard-build-'));
  onTestFinished(() => rmSync(build, { recursive: true }));
  mkdirSync(join(build, 'services/gateway'), { recursive: true });
  writeFileSync(join(build, 'services/gateway/defaults.json'), text);
  return build;
};

test.each<Record<string, string>>([
  {},
  { HISTORY_TTL: ' 120 ', HISTORY_SIZE: '' },
  { FP_WST_HEARTBEAT_INTERVAL: '7', FP_WST_MAX_QUEUE_SIZE: '9' },
  { FP_WST_HEARTBEAT_INTERVAL: '7', WEBSOCKET_HEARTBEAT_INTERVAL: '8' },
])('reads an environment as a worker does: %o', (environment) => {
  const settings = readBuildSettings(buildWith(JSON.stringify(DEFAULTS)), environment);
  const { stop_reserve: reserve, socket_idle: idle, ...given } = settings!;
  expect(readConfig(environment)).toMatchObject(given);
  expect(Object.keys(given)).toHaveLength(8);
  expect([reserve, idle]).toEqual([2, 960]);
});

test('a setting that is no number is named', () => {
  const build = buildWith(JSON.stringify(DEFAULTS));
  expect(() => readBuildSettings(build, { HISTORY_TTL: 'long' })).toThrow('HISTORY_TTL="long": must be a number');
});

test('a build from before two of them were judged is judged by the others', () => {
  const { SESSION_TTL: _ttl, DEDUPE_WINDOW: _window, ...settings } = DEFAULTS.settings;
  const build = readBuildSettings(buildWith(JSON.stringify({ ...DEFAULTS, settings })), { HISTORY_TTL: '7' });
  expect(build).toMatchObject({ HISTORY_TTL: 7 });
  expect(build).not.toHaveProperty('SESSION_TTL');
});

test('a build that carries no defaults, or others, is not known', () => {
  expect(readBuildSettings('/nowhere', {})).toBeUndefined();
  expect(readBuildSettings(buildWith('{"settings":{}}'), {})).toBeUndefined();
  expect(readBuildSettings(buildWith('no JSON'), {})).toBeUndefined();
});
