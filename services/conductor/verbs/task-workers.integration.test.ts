import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fakeSite } from '../testing/fake-site.js';
import { readTaskWorkers } from './task-workers.js';

/** A task worker's port, which answers so on each path. */
const answering = async (answers: Readonly<Record<string, readonly [status: number, text: string]>>) => {
  const server = createServer((request, response) => {
    const [status, text] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const metrics = (waiting: number, active: number, done: number, failed: number): readonly [number, string] => [
  200,
  `tasks_waiting ${waiting}\ntasks_active ${active}\ntasks_done_total{task="a"} ${done}\ntasks_done_total{task="b"} 1\ntasks_failed_total{task="a"} ${failed}\n`,
];
const longAgo = new Date(0);

test('task workers are asked whether they take tasks, and what they know of the queue is added up', async () => {
  const site = fakeSite();
  const nowhere = await answering({});
  const workers = [
    { url: await answering({ '/readyz': [200, 'ready\n'], '/metrics': metrics(7, 2, 40, 1) }), startedAt: longAgo },
    { url: await answering({ '/readyz': [200, 'ready\n'], '/metrics': metrics(6, 3, 50, 0) }), startedAt: longAgo },
    { url: await answering({ '/readyz': [503, 'Redis is away\n'], '/metrics': [503, ''] }), startedAt: longAgo },
    { url: nowhere, startedAt: new Date() },
  ].map((each, index) => ({ ...each, name: `tasks-blue-${index + 1}`, state: 'running', pid: 1, detail: '' }));
  const ended = { name: 'tasks-blue-5', state: 'fatal', pid: undefined, detail: '', url: nowhere, startedAt: longAgo };
  site.stack.taskWorkers = async () => [...workers, ended];
  const { tasks, queue } = await readTaskWorkers(site);
  expect(tasks.map(({ ready }) => ready)).toEqual(['ready', 'ready', 'Redis is away', 'starting', 'fatal']);
  expect(queue).toEqual({ waiting: 7, active: 5, done: 92, failed: 1 });
});

test('of a queue that no task worker tells of nothing is said', async () => {
  const site = fakeSite();
  expect(await readTaskWorkers(site)).toEqual({ tasks: [], queue: undefined });
});
