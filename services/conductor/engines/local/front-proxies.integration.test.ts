import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startFront } from './testing/front.js';

/** An nginx before a worker that answers with the address of a client that it was told. Returns what it tells of a request. */
const frontWith = async (proxies: string): Promise<(forwarded: string, from?: string) => Promise<string>> => {
  const worker = createServer(({ headers }, response) => response.end(String(headers['x-real-ip'])));
  worker.listen(0, '127.0.0.1');
  await once(worker, 'listening');
  onTestFinished(() => void worker.close());
  const front = await startFront({
    settings: { FRONT_PROXIES: proxies },
    blue: (worker.address() as AddressInfo).port,
  });
  return async (forwarded, from = '127.0.0.1') => {
    const headers = { 'X-Forwarded-For': forwarded };
    const asked = request({
      host: '127.0.0.1',
      port: front.settings.HTTP_PORT,
      localAddress: from,
      headers,
      agent: false,
    });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return text(response);
  };
};

test('FRONT_PROXIES: of what one of them forwards, the last address that is none of them is the client', async () => {
  const clientOf = await frontWith('127.0.0.2,10.0.0.0/8');
  expect(await clientOf('203.0.113.7', '127.0.0.2')).toBe('203.0.113.7');
  expect(await clientOf('198.51.100.1, 203.0.113.7, 10.1.2.3', '127.0.0.2')).toBe('203.0.113.7');
  expect(await clientOf('203.0.113.7', '127.0.0.1')).toBe('127.0.0.1');
});

test('without it nobody is believed', async () => {
  expect(await (await frontWith(''))('203.0.113.7')).toBe('127.0.0.1');
});
