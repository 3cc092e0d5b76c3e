import { expect, test } from 'vitest';
import { containersIn, isLacking, lackingWorkers, workerIn, type Container } from './container.js';

const inspected = (state: object = {}, ports: object = {}) => ({
  Id: '4f1c9e0a7b2d83645f1c9e0a7b2d8364',
  Config: { Image: 'switchyard:20261126T000000Z-abc', Labels: { 'com.docker.compose.service': 'gateway-blue' } },
  State: {
    Status: 'running',
    Pid: 42,
    ExitCode: 0,
    Error: '',
    StartedAt: '2026-11-26T00:00:00Z',
    Health: { Status: 'healthy' },
    ...state,
  },
  HostConfig: { Ulimits: [{ Name: 'nofile', Soft: 4_096 }] },
  NetworkSettings: { Ports: ports },
});
const container = (state: object = {}, ports: object = {}): Container => {
  const [first] = containersIn(JSON.stringify([inspected(state, ports)]));
  if (first === undefined) throw new Error('none');
  return first;
};
const PUBLISHED = { '8001/tcp': [{ HostIp: '127.0.0.1', HostPort: '8002' }] };

test('reads what docker inspect prints', () => {
  expect(container({}, PUBLISHED)).toEqual({
    id: '4f1c9e0a7b2d83645f1c9e0a7b2d8364',
    service: 'gateway-blue',
    state: 'running',
    isHealthy: true,
    pid: 42,
    startedAt: '2026-11-26T00:00:00Z',
    exitCode: 0,
    error: '',
    tag: '20261126T000000Z-abc',
    url: 'http://127.0.0.1:8002',
  });
});

test('a worker is called as its host, and is where its port is published', () => {
  expect(workerIn('blue', container({}, PUBLISHED))).toEqual({
    color: 'blue',
    name: '4f1c9e0a7b2d',
    url: 'http://127.0.0.1:8002',
    state: 'running',
    pid: 42,
    since: '2026-11-26T00:00:00Z',
  });
});

test.each([
  [
    { Status: 'restarting', ExitCode: 3 },
    { state: 'failed', why: 'it exited with status 3' },
  ],
  [
    { Status: 'exited', ExitCode: 0 },
    { state: 'failed', why: 'it exited with status 0' },
  ],
  [{ Status: 'created' }, { state: 'starting' }],
  [
    { Status: 'created', Error: 'no such file' },
    { state: 'failed', why: 'no such file' },
  ],
  [{ Status: 'removing' }, { state: 'stopping' }],
])('a container that is %o', (state, worker) => {
  expect(workerIn('green', container({ Pid: 0, ...state }, { '8001/tcp': null }))).toMatchObject({
    url: 'http://127.0.0.1:0',
    ...worker,
  });
});

test('a color that has fewer containers than workers lacks some, by a name that no container has', () => {
  const lacking = lackingWorkers('blue', 1, 3);
  expect(lacking).toMatchObject([
    { color: 'blue', state: 'failed', why: 'its container was removed' },
    { color: 'blue', state: 'failed' },
  ]);
  expect(new Set(lacking.map(({ name }) => name)).size).toBe(2);
  expect(lacking.every(({ name }) => isLacking(name))).toBe(true);
  expect(isLacking('4f1c9e0a7b2d')).toBe(false);
  expect(lackingWorkers('blue', 2, 2)).toEqual([]);
  expect(lackingWorkers('blue', 3, 2)).toEqual([]);
});
