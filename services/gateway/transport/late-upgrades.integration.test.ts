import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TestClient } from '../testing/client.js';
import { SECRET, secondsFromNow, signed } from '../testing/tokens.js';
import { CorkLender } from './cork-lender.js';
import { loadUws } from './uws.js';

const WORKER = resolve(import.meta.dirname, '../../../dist/services/gateway/main.js');

/** A process of its own: what uWebSockets.js says is on its stderr. */
const startWorker = async () => {
  const child = spawn(process.execPath, [WORKER], {
    env: { PORT: '0', DRAIN_GRACE: '0.1', RATE_LIMIT_TRUSTED: '127.0.0.0/8', JWT_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const port = (): string | undefined => /"event":"worker_started".*?"port":(\d+)/.exec(stdout)?.[1];
  await expect.poll(port).toBeDefined();
  return { child, ws: `ws://127.0.0.1:${port()}`, stderr: () => stderr };
};

test('an upgrade that comes late is done without a warning, also where no WebSocket is open', async () => {
  const worker = await startWorker();
  // A signature is checked in another thread.
  const token = await signed({ sub: 'ada', exp: secondsFromNow(60) });
  for (let n = 0; n < 20; n += 1) {
    const client = await TestClient.connect(`${worker.ws}/ws?token=${token}`);
    expect(await client.next('system.welcome')).toMatchObject({ client_id: 'ada' });
    await client.close();
  }
  const exited = once(worker.child, 'exit');
  worker.child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(worker.stderr()).toBe('');
});

test('the socket that lends its cork is never pinged: uWebSockets.js would close it after four minutes, unanswered', async () => {
  const uws = await loadUws();
  const app = uws.App();
  const asked = vi.spyOn(app, 'ws');
  const lender = await CorkLender.create({ ...uws, App: () => app });
  lender.close();
  expect(asked.mock.calls.map(([, behavior]) => behavior)).toEqual([
    expect.objectContaining({ idleTimeout: 0, sendPingsAutomatically: false }),
  ]);
});

test('a cork is lent as long as the worker serves; who asks behind that writes without one', async () => {
  const lender = await CorkLender.create(await loadUws());
  const write = vi.fn<() => void>();
  lender.lend(write);
  expect(write).toHaveBeenCalledTimes(1);
  lender.close();
  lender.lend(write);
  expect(write).toHaveBeenCalledTimes(2);
});
