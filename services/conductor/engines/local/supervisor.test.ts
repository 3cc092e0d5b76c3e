import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { Supervisor } from './supervisor.js';

const DONE = '<methodResponse><params><param><value><boolean>1</boolean></value></param></params></methodResponse>';
const fault = (code: number, words: string): string =>
  '<methodResponse><fault><value><struct>' +
  `<member><name>faultCode</name><value><int>${code}</int></value></member>` +
  `<member><name>faultString</name><value><string>${words}</string></value></member>` +
  '</struct></value></fault></methodResponse>';
const STILL_RUNNING = fault(91, 'STILL_RUNNING: green');

/** A supervisord whose answers to `removeProcessGroup` are these, the last one again and again; all else is done. */
const scripted = async (
  answers: readonly string[],
): Promise<Readonly<{ supervisor: Supervisor; calls: readonly string[] }>> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-supervisor-'));
  const calls: string[] = [];
  const left = [...answers];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const method = /<methodName>supervisor\.(\w+)/.exec(body)?.[1] ?? '';
      calls.push(method);
      if (method !== 'removeProcessGroup') return response.end(DONE);
      return response.end(left.length > 1 ? left.shift() : left[0]);
    });
  });
  const socket = join(folder, 's.sock');
  server.listen(socket);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { supervisor: new Supervisor(socket), calls };
};

test('a group of which a program is started again between its stop and its end is stopped once more', async () => {
  const { supervisor, calls } = await scripted([STILL_RUNNING, DONE]);
  await supervisor.remove('green', 5_000);
  expect(calls).toEqual(['stopProcessGroup', 'removeProcessGroup', 'stopProcessGroup', 'removeProcessGroup']);
});

test('one that goes on running is told, when the time is over', async () => {
  const { supervisor } = await scripted([STILL_RUNNING]);
  await expect(supervisor.remove('green', 100)).rejects.toThrow('green still runs, 0.1 s after it was told to stop');
});

test('a group that is not there is no failure; another fault is', async () => {
  const { supervisor } = await scripted([fault(10, 'BAD_NAME: green'), fault(2, 'INCORRECT_PARAMETERS')]);
  await supervisor.remove('green', 100);
  await expect(supervisor.remove('green', 100)).rejects.toThrow(
    'supervisord refused supervisor.removeProcessGroup(green)',
  );
});
