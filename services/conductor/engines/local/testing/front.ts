import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { StackSettings } from '../../../settings.js';
import { layoutOf } from '../layout.js';
import { NginxFiles } from '../nginx.js';
import { hasIpv6, tryPort } from '../ports.js';
import { findTools } from '../tools.js';

const checkout = resolve(import.meta.dirname, '../../../../..');

export type Front = Readonly<{
  settings: StackSettings;
  /** The run directory. */
  folder: string;
  files: NginxFiles;
  /** Has nginx read its files again. */
  reload(): void;
}>;

export type FrontOptions = Readonly<{
  settings?: Readonly<Record<string, string | number>>;
  /** Ports of the workers. */
  blue?: number;
  green?: number;
  /** Changes nginx.conf: for what would take too long to wait for. */
  edit?: (text: string) => string;
}>;

/** nginx as the engine configures it, blue active, on free ports of loopback; gone when the test is over. */
export const startFront = async ({ settings: given = {}, blue, green, edit }: FrontOptions = {}): Promise<Front> => {
  const folder = temporaryFolder('front');
  const [http = 0, https = 0, metrics = 0, stream = 0, ...unused] = await freePorts(6);
  const settings = StackSettings.parse({
    WORKERS: 1,
    LISTEN: 'local',
    HTTP_PORT: http,
    HTTPS_PORT: https,
    METRICS_PORT: metrics,
    STREAM_PORT: stream,
    BLUE_PORT_BASE: (blue ?? unused[0] ?? 0) - 1,
    GREEN_PORT_BASE: (green ?? unused[1] ?? 0) - 1,
    ...given,
  });
  const layout = layoutOf(checkout, folder);
  const { nginx } = findTools(process.env['PATH'] ?? '');
  const files = new NginxFiles(layout, settings, nginx);
  mkdirSync(layout.nginx);
  files.write(hasIpv6());
  files.point('blue');
  const main = join(layout.nginx, 'nginx.conf');
  if (edit !== undefined) writeFileSync(main, edit(readFileSync(main, 'utf8')));
  const process_ = spawn(nginx, ['-e', 'stderr', '-c', main], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  process_.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const gone = once(process_, 'exit');
  onTestFinished(async () => {
    process_.kill('SIGTERM');
    await gone;
  });
  await expect.poll(async () => [await tryPort(http, '127.0.0.1'), words]).toEqual(['taken', '']);
  return { settings, folder, files, reload: () => void process_.kill('SIGHUP') };
};

/** What `make dev-certs` makes. */
export const developmentCertificate = (folder = temporaryFolder('certs')): string => {
  execFileSync('sh', [join(checkout, 'scripts/dev-certs.sh')], {
    env: { PATH: process.env['PATH'], TLS_DIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return folder;
};

export const authorityOf = (folder: string): string => readFileSync(join(folder, 'ca.pem'), 'utf8');

const temporaryFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `switchyard-${name}-`));
  // nginx's workers are another user.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
};
