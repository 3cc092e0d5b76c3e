import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portSettings, type Ports } from '../chaos/private-ports.js';
import { layoutOf } from '../services/conductor/engines/local/layout.js';
import { NginxFiles } from '../services/conductor/engines/local/nginx.js';
import { tryPort } from '../services/conductor/engines/local/ports.js';
import { findTools } from '../services/conductor/engines/local/tools.js';
import { StackSettings } from '../services/conductor/settings.js';
import { searchPath } from './config.js';
import { root } from './macro/places.js';

export type Front = Readonly<{ url: string; pid: number; stop(): Promise<void> }>;

const LOOK_MS = 20;

/** nginx as a stack has it, before whatever listens on the ports of blue workers. @throws {Error} with its own words when it ends */
export const startFront = async (ports: Ports, workers: number): Promise<Front> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-front-'));
  // Its workers are another user.
  chmodSync(folder, 0o755);
  const settings = StackSettings.parse({ ...portSettings(ports), WORKERS: workers, LISTEN: 'local' });
  const layout = layoutOf(root, folder);
  const { nginx } = findTools(searchPath());
  const files = new NginxFiles(layout, settings, nginx);
  mkdirSync(layout.nginx);
  files.write(false);
  files.point('blue');
  const child = spawn(nginx, ['-e', 'stderr', '-c', join(layout.nginx, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while ((await tryPort(ports.http, '127.0.0.1')) !== 'taken') {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${said.trim()}`);
    await sleep(LOOK_MS);
  }
  return {
    url: `ws://127.0.0.1:${ports.http}`,
    pid: child.pid ?? 0,
    stop: async () => {
      const gone = once(child, 'exit');
      if (child.kill('SIGTERM')) await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
