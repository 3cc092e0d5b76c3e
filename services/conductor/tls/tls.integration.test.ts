import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { text as textOf } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Client } from '../../client/node.js';
import { hasHeard, Listener } from '../../client/testing/listener.js';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { authorityOf, developmentCertificate, startFront, type Front } from '../engines/local/testing/front.js';
import { installedCertificate } from '../engines/local/tls-files.js';
import { layoutOf } from '../engines/local/layout.js';
import { colorThroughTls } from './color-through-tls.js';

/** Two workers of one cluster behind nginx with a certificate of its own. */
const startTlsFront = async (
  settings: Readonly<Record<string, string | number>> = {},
  edit?: (text: string) => string,
  ofWorkers: Readonly<Record<string, string>> = {},
) => {
  const cluster = createMemoryCluster();
  const run = async (color: 'blue' | 'green'): Promise<TestWorker> => {
    const worker = await startWorker((id) => cluster.broker(id), { COLOR: color, ...ofWorkers });
    onTestFinished(() => worker.app.stop());
    return worker;
  };
  const [blue, green] = await Promise.all([run('blue'), run('green')]);
  const folder = developmentCertificate();
  const front = await startFront({
    settings: { TLS_DIR: folder, ...settings },
    blue: blue.port,
    green: green.port,
    ...(edit === undefined ? {} : { edit }),
  });
  return { front, blue, green, folder, ca: authorityOf(folder), port: front.settings.HTTPS_PORT };
};

const STRICT = { 'strict-transport-security': 'max-age=600' };
const fingerprintOf = (front: Front): string => installedCertificate(layoutOf('', front.folder)) ?? '';

/** The session of a handshake, or why there is none. */
const shake = async (port: number, options: ConnectionOptions): Promise<TLSSocket | string> => {
  const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', port, ...options });
  onTestFinished(() => void socket.destroy());
  try {
    await once(socket, 'secureConnect');
    return socket;
  } catch (error) {
    return (error as Error).message;
  }
};

const answerOf = async (asked: ReturnType<typeof request>) => {
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, text: await textOf(response) };
};

describe('nginx with a certificate', () => {
  test('speaks TLS 1.2 and 1.3, without tickets, and HTTP/1.1 alone, which WebSockets need', async () => {
    const { port, ca } = await startTlsFront();
    const speak = async (version: 'TLSv1.2' | 'TLSv1.3'): Promise<TLSSocket> => {
      const offer = { ca, minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] };
      const socket = await shake(port, offer);
      if (typeof socket === 'string') throw new Error(`${version}: ${socket}`);
      return socket;
    };
    const [second, third] = [await speak('TLSv1.2'), await speak('TLSv1.3')];
    expect([second.getProtocol(), second.alpnProtocol]).toEqual(['TLSv1.2', 'http/1.1']);
    expect([third.getProtocol(), third.alpnProtocol]).toEqual(['TLSv1.3', 'http/1.1']);
    expect(second.getTLSTicket()).toBeUndefined();
    const old = { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    expect(await shake(port, old)).toMatch(/alert/);
    expect(await shake(port, { ca, maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' })).toMatch(/alert/);
  });

  test('lets go whoever begins a TLS handshake and does not go on', async () => {
    const { front } = await startTlsFront({}, (text) =>
      text.replace('client_header_timeout 10s', 'client_header_timeout 1s'),
    );
    const socket = connectTcp(front.settings.HTTPS_PORT, '127.0.0.1');
    // The type and the version of a record, and no more.
    socket.write(Buffer.from([0x16, 0x03, 0x01]));
    expect(await textOf(socket)).toBe('');
  });

  test('sends whoever comes plain from elsewhere to TLS, and lets this machine be', async () => {
    const { front, port } = await startTlsFront();
    const { HTTP_PORT: http, STREAM_PORT: stream } = front.settings;
    const plain = (on: number, path: string, localAddress: string, headers = {}) =>
      answerOf(request({ host: '127.0.0.1', port: on, path, localAddress, headers }));
    for (const on of [http, stream]) {
      const sent = await plain(on, '/ws/metrics?a=b', '127.0.0.2', { Host: `chat.example:${on}` });
      expect([sent.status, sent.headers.location]).toEqual([308, `https://chat.example:${port}/ws/metrics?a=b`]);
    }
    expect((await plain(http, '/version', '127.0.0.1')).headers['x-color']).toBe('blue');
    const lost = await plain(port, '/version', '127.0.0.2', { Host: `chat.example:${port}` });
    expect([lost.status, lost.headers.location]).toEqual([308, `https://chat.example:${port}/version`]);
  });

  test('asks browsers to stay with TLS where that is set, in every answer through it and in none that is plain', async () => {
    const { front, blue, green, port, ca } = await startTlsFront({ HSTS_MAX_AGE: 600 });
    const answer = await answerOf(requestTls({ host: 'localhost', port, path: '/healthz/', ca }));
    expect([answer.status, answer.headers['strict-transport-security']]).toEqual([200, 'max-age=600']);
    const { HTTP_PORT: http, STREAM_PORT: stream } = front.settings;
    for (const on of [http, stream]) {
      const asked = { host: '127.0.0.1', port: on, path: '/ws/metrics', localAddress: '127.0.0.2' };
      const plain = await answerOf(request(asked));
      expect([plain.status, plain.headers]).toEqual([308, expect.not.objectContaining(STRICT)]);
    }
    await Promise.all([blue.app.stop(), green.app.stop()]);
    for (const [path, method] of [
      ['/healthz/', 'GET'],
      ['/api/publish', 'POST'],
    ] as const) {
      const away = await answerOf(requestTls({ host: 'localhost', port, path, method, ca }));
      expect([away.status, away.headers]).toEqual([503, expect.objectContaining(STRICT)]);
    }
    const without = await startTlsFront();
    const { headers } = await answerOf(
      requestTls({ host: 'localhost', port: without.port, path: '/', ca: without.ca }),
    );
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  test('takes a page of https alone for one of its own', async () => {
    const { front, port, ca } = await startTlsFront({}, undefined, { ALLOWED_ORIGINS: 'self' });
    const { HTTP_PORT: http } = front.settings;
    const statusOf = async (url: string, origin: string): Promise<number> => {
      const socket = new WebSocket(url, { ca, origin });
      onTestFinished(() => socket.terminate());
      socket.on('error', () => undefined);
      const refused = once(socket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>;
      return Promise.race([once(socket, 'open').then(() => 101), refused.then(([, { statusCode = 0 }]) => statusCode)]);
    };
    const secure = `wss://localhost:${port}/ws`;
    expect(await statusOf(secure, `https://localhost:${port}`)).toBe(101);
    expect(await statusOf(secure, `http://localhost:${port}`)).toBe(403);
    // This machine stays plain.
    expect(await statusOf(`ws://127.0.0.1:${http}/ws`, `http://127.0.0.1:${http}`)).toBe(101);
  });

  test('shows a certificate that was renewed after a reload, and keeps what is open', async () => {
    const { front, folder, port, ca } = await startTlsFront();
    const first = fingerprintOf(front);
    expect(await colorThroughTls(port, first, {}, 1_000)).toBe('blue');
    const socket = new WebSocket(`wss://localhost:${port}/ws/ada`, { ca });
    await once(socket, 'open');

    developmentCertificate(folder);
    front.files.takeCertificate();
    front.files.check('blue');
    const renewed = fingerprintOf(front);
    expect(renewed).not.toBe(first);
    expect(await colorThroughTls(port, renewed, {}, 1_000)).toBe('another certificate than the one in TLS_DIR');
    front.reload();
    await expect.poll(() => colorThroughTls(port, renewed, {}, 1_000)).toBe('blue');

    const heard = once(socket, 'message');
    socket.send('still here');
    expect(String((await heard)[0])).toBe('You sent: still here');
    socket.close();
  });

  test('a client over wss goes through a switch of colors and loses nothing', async () => {
    const { front, blue, port, ca } = await startTlsFront();
    const webSocket = (url: string, protocols: readonly string[]) => new WebSocket(url, [...protocols], { ca });
    const client = new Client({ url: `wss://localhost:${port}`, webSocket });
    onTestFinished(() => client.close());
    const listener = new Listener(client, 'room');
    await listener.ready;
    const acked = [(await client.publish('room', 1)).offset];
    expect(client.color).toBe('blue');

    front.files.point('green');
    front.reload();
    await expect.poll(() => colorThroughTls(port, fingerprintOf(front), {}, 1_000)).toBe('green');
    blue.app.draining.begin('deploy');
    for (let n = 2; client.color !== 'green'; n += 1) acked.push((await client.publish('room', n)).offset);
    acked.push((await client.publish('room', 'the last one')).offset);

    await hasHeard(listener, 1, acked.length);
    expect(acked).toEqual(listener.offsets);
    expect(listener.told).not.toContain('away');
  });
});
