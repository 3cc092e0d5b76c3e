import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { expect, onTestFinished, test } from 'vitest';
import { Client } from '../../services/client/node.js';
import { hasHeard, Listener } from '../../services/client/testing/listener.js';
import { filesOf, processesOf, titleOf } from '../../services/conductor/processes.js';
import { checkout, TestStack } from './stack.js';

const makeCertificate = (folder: string): void => {
  execFileSync('sh', [join(checkout, 'scripts/dev-certs.sh')], {
    env: { PATH: process.env['PATH'], TLS_DIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
};

test('a stack of production with a certificate: refused without one, then a promote over wss loses nothing, as nobody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-certs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stack = await TestStack.prepare({
    TLS_DIR: folder,
    MODE: 'production',
    ALLOW_ANONYMOUS: 'true',
    HSTS_MAX_AGE: '60',
  });
  onTestFinished(() => stack.close());

  const refused = await stack.run(['up']);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain(`TLS_DIR=${folder}: fullchain.pem is missing`);
  expect(processesOf(stack.runDir)).toEqual([]);

  makeCertificate(folder);
  const { code, output } = await stack.run(['up']);
  expect([code, output]).toEqual([0, expect.stringContaining(`https://localhost:${stack.ports.https}/  (test page)`)]);
  expect(output).toContain(`http://localhost:${stack.ports.metrics}/admin  (closed: ADMIN_PASSWORD is not set)`);
  const statusOf = async (port: number): Promise<number> => (await fetch(`http://127.0.0.1:${port}/admin`)).status;
  expect([await statusOf(stack.ports.http), await statusOf(stack.ports.metrics)]).toEqual([404, 200]);

  // Only root can run it as another user.
  const uid = process.getuid?.() === 0 ? 65_534 : process.getuid?.();
  const usual = processesOf(stack.runDir).filter((pid) => /gateway\/main\.js|redis-server/.test(titleOf(pid)));
  const owners = usual.map(
    (pid) => /^Uid:\t(\d+)\t\1\t\1\t\1$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
  );
  expect(owners).toEqual([uid, uid, uid].map(String));
  const least = Math.min(10_000, filesOf(process.pid) ?? 0);
  for (const pid of usual) expect(filesOf(pid)).toBeGreaterThanOrEqual(least);
  expect(statSync(join(stack.runDir, 'nginx/tls/privkey.pem')).mode & 0o777).toBe(0o600);

  const ca = readFileSync(join(folder, 'ca.pem'));
  const webSocket = (url: string, protocols: readonly string[]) => new WebSocket(url, [...protocols], { ca });
  const client = new Client({ url: `wss://localhost:${stack.ports.https}`, webSocket });
  onTestFinished(() => client.close());
  const listener = new Listener(client, 'room');
  await listener.ready;
  const stopping = new AbortController();
  let acked = 0;
  const talking = (async () => {
    for (; !stopping.signal.aborted; acked += 1) await client.publish('room', acked);
  })();
  const { outcome } = await stack.promote();
  stopping.abort();
  await talking;
  expect([outcome, client.color]).toEqual(['done', 'green']);
  await hasHeard(listener, 1, acked);
  expect(listener.told).not.toContain('away');

  makeCertificate(folder);
  const renewed = await stack.run(['reload-certs']);
  expect([renewed.code, renewed.output]).toEqual([0, expect.stringContaining('The certificate ends at')]);
  rmSync(join(folder, 'privkey.pem'));
  const kept = await stack.run(['reload-certs']);
  expect([kept.code, kept.output]).toEqual([1, expect.stringContaining('nginx keeps the certificate that it has')]);
});
