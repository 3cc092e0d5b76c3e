import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { FakeWorker } from '../testing/fake-worker.js';
import { fakeSite } from '../testing/fake-site.js';
import { awaitLanding } from './landing.js';

const WELCOME = {
  type: 'system.welcome',
  protocol: 1,
  session_id: '11111111-1111-4111-8111-111111111111',
  connection_id: '22222222-2222-4222-8222-222222222222',
  client_id: '33333333-3333-4333-8333-333333333333',
  resumed: false,
  message_count: 0,
  color: 'green',
  worker: '1',
  heartbeat_interval: 30,
  time: '2026-01-01T12:00:00.000Z',
};

/** A front that lets the first look over HTTP, and the first socket, hang: an old generation took them to a hung worker. */
const frontThatHangsOnce = async (): Promise<Server> => {
  const looks = { http: 0, sockets: 0 };
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((_, response) => {
    looks.http += 1;
    if (looks.http > 1) response.writeHead(200, { 'x-color': 'green' }).end();
  });
  server.on('upgrade', (request, socket, head) => {
    looks.sockets += 1;
    if (looks.sockets === 1) return;
    sockets.handleUpgrade(request, socket, head, (client) => client.send(JSON.stringify(WELCOME)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
};

test('a look that an old front worker takes to a hung worker is one more "not yet"', { timeout: 12_000 }, async () => {
  const { port } = (await frontThatHangsOnce()).address() as AddressInfo;
  const site = fakeSite({}, { HTTP_PORT: port });
  site.engine.runs('green', (await FakeWorker.start()).url);
  const beganAt = performance.now();
  await awaitLanding(site, 'green');
  expect(performance.now() - beganAt).toBeLessThan(5_000);
});
