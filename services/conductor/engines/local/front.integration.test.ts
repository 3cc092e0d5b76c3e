import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type RequestOptions, type Server } from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { NO_PAGE } from '../../../gateway/transport/http.js';
import { startFront } from './testing/front.js';

/** Stands for a worker: says what it was asked. */
let worker: Server;
let blue: number;

beforeAll(async () => {
  worker = createServer({ maxHeaderSize: 64 * 1024 }, ({ method, url }, response) => {
    response.setHeader('uWebSockets', '20').end(`${method} ${url}`);
  });
  worker.listen(0, '127.0.0.1');
  await once(worker, 'listening');
  blue = (worker.address() as AddressInfo).port;
});

afterAll(() => void worker.close());

type Answer = Readonly<{ status: number; headers: IncomingMessage['headers']; text: string }>;

const ask = async (port: number, path: string, options: RequestOptions = {}, body = ''): Promise<Answer> => {
  const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response) };
};

/** What comes back from raw bytes until nginx ends the connection. */
const sendRaw = async (port: number, bytes: string): Promise<string> => {
  const socket = connectTcp(port, '127.0.0.1');
  socket.write(bytes);
  return textOf(socket);
};

describe('what a request may be', () => {
  test('a line or a header of 8 KiB at most, a body of 64 KiB; nobody is told which nginx this is, nor what is behind it', async () => {
    const { settings } = await startFront({ settings: {}, blue });
    const port = settings.HTTP_PORT;
    const long = (bytes: number) => 'x'.repeat(bytes);
    expect((await ask(port, `/?${long(7_000)}`)).status).toBe(200);
    expect((await ask(port, `/?${long(9_000)}`)).status).toBe(414);
    expect((await ask(port, '/', { headers: { 'X-Long': long(7_000) } })).status).toBe(200);
    expect((await ask(port, '/', { headers: { 'X-Long': long(9_000) } })).status).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`X-Long-${index}`, long(7_000)]));
    expect((await ask(port, '/', { headers: many })).status).toBe(431);
    expect((await ask(port, '/', { method: 'POST' }, long(65_536))).status).toBe(200);
    const tooLarge = await ask(port, '/', { method: 'POST' }, long(65_537));
    expect([tooLarge.status, tooLarge.headers['server']]).toEqual([413, 'nginx']);
    expect(tooLarge.text).not.toMatch(/nginx\/\d/);
    expect((await ask(port, '/')).headers).not.toHaveProperty('uwebsockets');
  });

  test('whoever sends its header or its body a byte now and then is let go', async () => {
    const { settings } = await startFront({
      blue,
      edit: (text) =>
        text
          .replace('client_header_timeout 10s', 'client_header_timeout 1s')
          .replace('client_body_timeout 10s', 'client_body_timeout 1s'),
    });
    const port = settings.HTTP_PORT;
    expect(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow')).toBe('');
    expect(await sendRaw(port, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nslow')).toBe('');
  });
});

test('the error log holds no query, whatever goes wrong with a request', async () => {
  const log = join(mkdtempSync(join(tmpdir(), 'switchyard-error-log-')), 'error.log');
  onTestFinished(() => rmSync(dirname(log), { recursive: true }));
  /** What nginx writes, at these levels, of a body that it can't keep. */
  const provoked = async (levels: (text: string) => string): Promise<string> => {
    const edit = (text: string): string => levels(text).replaceAll('error_log stderr', `error_log "${log}"`);
    const { settings, folder } = await startFront({ blue, edit });
    chmodSync(join(folder, 'nginx/temp/body'), 0);
    const path = '/api/batch?token=the-token-of-somebody';
    const { status } = await ask(settings.HTTP_PORT, path, { method: 'POST' }, 'x'.repeat(512 * 1024));
    expect(status).toBe(500);
    return readFileSync(log, 'utf8');
  };
  expect(await provoked((text) => text)).not.toContain('the-token-of-somebody');
  const critical = (text: string): string => text.replace('stderr emerg', 'stderr crit');
  expect(await provoked(critical)).toContain('the-token-of-somebody');
});

test('what is not for the public is not there, however its path is written', async () => {
  const { settings } = await startFront({ blue });
  for (const path of ['/control/status', '/metrics', '/metrics/', '//metrics', '/%6detrics/', '/x/../control/drain']) {
    expect([path, (await ask(settings.HTTP_PORT, path)).status]).toEqual([path, 404]);
  }
  expect((await ask(settings.HTTP_PORT, '/version')).text).toBe('GET /version');
});

test('answers of nginx itself have the headers of what is no page, as those of workers have', async () => {
  const { settings } = await startFront({ blue });
  const { HTTP_PORT: port, STREAM_PORT: stream, METRICS_PORT: metrics } = settings;
  const post = { method: 'POST' };
  const answers = [
    await ask(port, '/control/status'),
    await ask(stream, '/'),
    await ask(metrics, '/'),
    await ask(port, '/admin/login', post, 'x'.repeat(65_537)),
    await ask(port, '/api/publish', post, 'x'.repeat(1024 * 1024 + 1)),
  ];
  const unread = [414, 431, 400, 414, 431, 400, 414, 431, 400];
  const [long, broken] = ['x'.repeat(9_000), { Host: 'two hosts' }];
  for (const of of [port, stream, metrics]) {
    answers.push(await ask(of, `/ws?${long}`), await ask(of, '/ws', { headers: { 'X-Long': long } }));
    answers.push(await ask(of, '/ws', { headers: broken }));
  }
  const gone = await startFront({});
  answers.push(
    await ask(gone.settings.HTTP_PORT, '/api/publish', post),
    await ask(gone.settings.HTTP_PORT, '/version'),
    await ask(gone.settings.STREAM_PORT, '/ws/metrics'),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 413, 413, ...unread, 503, 503, 503]);
  const nonsense = await sendRaw(port, 'no request\r\n\r\n');
  expect(nonsense).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n\{"error":"this is no request/);
  const guards = Object.entries(NO_PAGE).map(([name, value]) => [name.toLowerCase(), value]);
  for (const { headers, text } of answers) {
    expect(text).toMatch(/^\{"\w+":/);
    expect(headers).toMatchObject({ ...Object.fromEntries(guards), 'cache-control': 'no-store' });
    expect(headers['content-type']).toMatch(/^application\/(?:problem\+)?json$/);
  }
});

describe('the admin page', () => {
  const ways = ['/admin', '/admin/', '/admin/api/connections', '/admin/live', '//admin', '/%61dmin', '/./admin/login'];

  test('is on the public port in development', async () => {
    const { settings } = await startFront({ blue });
    for (const path of ways) expect([path, (await ask(settings.HTTP_PORT, path)).status]).toEqual([path, 200]);
  });

  test.each([{ MODE: 'production' }, { EXPOSE_ADMIN: '0' }])(
    'is on the port of the metrics alone, for this machine alone, with %o',
    async (given) => {
      const { settings } = await startFront({ settings: given, blue });
      for (const path of ways) expect([path, (await ask(settings.HTTP_PORT, path)).status]).toEqual([path, 404]);
      const { METRICS_PORT: port } = settings;
      expect((await ask(port, '/admin')).text).toBe('GET /admin');
      expect((await ask(port, '/assets/admin/page.js')).status).toBe(200);
      expect((await ask(port, '/admin', { localAddress: '127.0.0.2' })).status).toBe(403);
      expect((await ask(port, '/control/status')).status).toBe(404);
    },
  );

  test('is on the public port of production where it is asked for', async () => {
    const { settings } = await startFront({ settings: { MODE: 'production', EXPOSE_ADMIN: '1' }, blue });
    expect((await ask(settings.HTTP_PORT, '/admin')).text).toBe('GET /admin');
  });
});
