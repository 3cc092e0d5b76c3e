import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { layoutOf } from '../../services/conductor/engines/local/layout.js';
import { alertmanager } from '../../services/conductor/engines/local/parts/alertmanager.js';
import { findBinary, type Place } from '../../services/conductor/engines/local/parts/part.js';
import { StackSettings } from '../../services/conductor/settings.js';
import { freePort } from './free-port.js';

const checkout = resolve(import.meta.dirname, '../..');

export type RealAlertmanager = Readonly<{ url: string; stop(): Promise<void> }>;

/** Alertmanager of this machine as a stack starts it, with the checkout's configuration, in a folder that goes with it. */
export const startAlertmanager = async (): Promise<RealAlertmanager> => {
  const runDir = mkdtempSync(join(tmpdir(), 'switchyard-alertmanager-'));
  const port = await freePort();
  const settings = StackSettings.parse({ ALERTMANAGER_PORT: port });
  const layout = layoutOf(checkout, runDir);
  const place: Place = { layout, settings, path: process.env['PATH'] ?? '', cache: '', build: '' };
  for (const { path, text } of alertmanager.files(place)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const [binary = '', ...words] = alertmanager.command(findBinary(alertmanager, place) ?? 'alertmanager', place);
  const child = spawn(binary, words, { stdio: 'ignore' });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(runDir, { recursive: true, force: true });
    },
  };
};
