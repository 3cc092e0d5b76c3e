import { expect, onTestFinished, test } from 'vitest';
import { createMemoryCluster } from '../../../gateway/broker/memory/memory-cluster.js';
import { startWorker } from '../../../gateway/testing/worker.js';
import { hasIpv6 } from './ports.js';
import { startFront } from './testing/front.js';

// Where the machine has none, nginx does not listen there.
test.skipIf(!hasIpv6())(
  'an administrator logs in over IPv6; who tries many passwords there holds up nobody else',
  async () => {
    const cluster = createMemoryCluster();
    const worker = await startWorker((id) => cluster.broker(id), { ADMIN_PASSWORD: 'right' });
    onTestFinished(() => worker.app.stop());
    const { settings } = await startFront({ blue: worker.port });
    const [six, four] = ['[::1]', '127.0.0.1'].map((host) => `http://${host}:${settings.HTTP_PORT}`);
    const post = (origin = '', path = '', body: object = {}, cookie = ''): Promise<Response> =>
      fetch(`${origin}/admin/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { origin, cookie } });
    const logIn = (origin: string | undefined, password: string) => post(origin, 'login', { password });

    for (let n = 0; n < 3; n += 1) expect((await logIn(six, 'a guess')).status).toBe(401);
    const slowed = await logIn(six, 'right');
    expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await logIn(four, 'right')).status).toBe(200);
    expect(worker.logs).toContainEqual(expect.objectContaining({ event: 'admin_login_failed', ip: '::1' }));

    let cookie = '';
    await expect
      .poll(async () => {
        const answer = await logIn(six, 'right');
        cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
        return answer.status;
      })
      .toBe(200);
    expect((await fetch(`${six}/admin/api/health`, { headers: { cookie } })).status).toBe(200);
    expect((await post(six, 'logout', {}, cookie)).status).toBe(200);
  },
);
