import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../services/client/node.js';
import { secondsFromNow } from '../../services/gateway/testing/tokens.js';
import { TestStack } from './stack.js';

/** A server of keys whose one key signs tokens, and that can be made to fail. */
const startKeyServer = async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: '1', use: 'sig' }];
  let status = 200;
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    answer: (with_: number) => void (status = with_),
    sign: () =>
      new SignJWT({ sub: 'ada', exp: secondsFromNow(600) })
        .setProtectedHeader({ alg: 'ES256', kid: '1' })
        .sign(privateKey),
  };
};

test('a promote while the server of JWKS_URL is away is undone before anybody is moved; when it is back it goes on', async () => {
  const keyServer = await startKeyServer();
  const stack = await TestStack.up({ JWKS_URL: keyServer.url });
  onTestFinished(() => stack.close());
  const client = connect({ url: stack.url, token: keyServer.sign });
  onTestFinished(() => client.close());
  const heard: unknown[] = [];
  await client.subscribe('room', ({ data }) => heard.push(data)).ready;
  let moves = 0;
  client.on('opened', ({ move }) => move && (moves += 1));

  keyServer.answer(500);
  const { code, output } = await stack.run(['promote'], { READY_TIMEOUT: '10' });
  expect(code, output).toBe(1);
  expect(output).toMatch(
    /not ready within 10 s \(READY_TIMEOUT\): green-1: token_keys: no keys have come from JWKS_URL/,
  );
  expect(output).toContain('Everything was undone: blue is active as before.');
  expect(moves).toBe(0);
  await client.publish('room', 'still here');

  keyServer.answer(200);
  expect(await stack.promote()).toMatchObject({ outcome: 'done', active: 'green', deploys: [{ moved: 1 }] });
  await expect.poll(() => moves).toBe(1);
  await client.publish('room', 'moved');
  await expect.poll(() => heard).toEqual(['still here', 'moved']);
});
