import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClient } from '../../services/gateway/testing/client.js';
import { ComposeStack, docker } from './compose-stack.js';

let stack: ComposeStack;

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();
const version = (): Promise<unknown> => stack.version();
/** With which code a container ends, which is then removed. */
const exitOf = async (container: string): Promise<string> => {
  const waiting = spawn('docker', ['wait', container], { stdio: ['ignore', 'pipe', 'inherit'] });
  return (await textOf(waiting.stdout)).trim();
};
const stateOf = (container: string, field: string): string =>
  docker('inspect', '--format', `{{.State.${field}}}`, container);
const clean = { code: 0, line: expect.stringContaining('lost 0, twice 0, told to reload 0, refused 0') as unknown };

/** The steps of docs/OPERATIONS.md behind the build: what serves stays as it is until nginx is told, and `up` changes nothing then. */
const switchByHand = async (from: 'blue' | 'green', to: 'blue' | 'green'): Promise<void> => {
  const idsOf = (color: string): readonly (readonly string[])[] =>
    ['redis', 'nginx', `gateway-${color}`, `tasks-${color}`].map((service) => stack.containers(service));
  stack.compose('rm', '--stop', '--force', `gateway-${to}`, `tasks-${to}`);
  const before = idsOf(from);
  stack.compose('up', '--detach', '--wait', '--no-recreate', `gateway-${to}`, `tasks-${to}`);
  expect(idsOf(from)).toEqual(before);
  expect(await version()).toMatchObject({ color: from });
  stack.set({ ACTIVE_COLOR: to });
  stack.configure();
  stack.compose('kill', '--signal', 'HUP', 'nginx');
  await expect.poll(version).toMatchObject({ color: to });
  const ended = [`gateway-${from}`, `tasks-${from}`].flatMap((service) => stack.containers(service)).map(exitOf);
  stack.compose('rm', '--stop', '--force', `gateway-${from}`, `tasks-${from}`);
  expect(await Promise.all(ended)).toEqual(['0', '0', '0']);
  const after = idsOf(to);
  const gone = from.toUpperCase();
  stack.set({ [`${gone}_WORKERS`]: '0', [`${gone}_TASK_WORKERS`]: '0' });
  stack.compose('up', '--detach', '--wait');
  expect(idsOf(to)).toEqual(after);
};

beforeAll(async () => {
  stack = await ComposeStack.prepare({
    COMPOSE_PROFILES: 'observability',
    // All clients of a test have the address of Docker's network.
    RATE_LIMIT_TRUSTED: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16',
  });
  stack.compose('up', '--detach', '--wait', '--quiet-pull');
});
afterAll(() => stack.remove());

describe('docker compose up', () => {
  test('gives a cluster of two workers, with blue active', async () => {
    expect(await version()).toMatchObject({ color: 'blue', release: stack.release });
    const [one = '', two = '', ...more] = stack.containers('gateway-blue').map((id) => stack.address(id, 8001));
    expect(more).toEqual([]);
    expect(stack.containers('gateway-green')).toEqual([]);
    const [speaker, listener] = await Promise.all([one, two].map((at) => TestClient.connect(`ws://${at}/ws`)));
    await listener!.subscribe('room');
    const { offset } = await speaker!.publish('room', 'hello');
    expect(await listener!.next('message')).toMatchObject({ data: 'hello', offset });
    await Promise.all([speaker!.close(), listener!.close()]);
  });

  test('runs the tasks that an image has', async () => {
    const { task } = (await stack.ask('tasks', { name: 'report', data: { seconds: 0.2, steps: 2 } })) as {
      task: { id: string };
    };
    const events = async (): Promise<readonly string[]> => {
      const { publications } = (await stack.ask('history', { channel: `task:${task.id}` })) as {
        publications: readonly Readonly<{ data: Readonly<{ event: string }> }>[];
      };
      return publications.map(({ data }) => data.event);
    };
    await expect.poll(events).toEqual(['queued', 'started', 'log', 'progress', 'progress', 'done']);
  });

  test('shows others nginx alone', async () => {
    const ids = stack.compose('ps', '--quiet').split('\n');
    const open = ids.flatMap((id) =>
      docker('port', id)
        .split('\n')
        .filter((line) => line !== '' && !line.includes('-> 127.0.0.1:'))
        .map(
          (line) =>
            `${docker('inspect', '--format', '{{index .Config.Labels "com.docker.compose.service"}}', id)} ${line.split(' ')[0]}`,
        ),
    );
    expect([...new Set(open)].sort()).toEqual(['nginx 5900/tcp', 'nginx 80/tcp']);
    expect((await fetch(`${stack.url}/metrics`)).status).toBe(404);
  });

  test('gives nginx its own configuration and no other', () => {
    expect(stack.compose('exec', '-T', 'nginx', 'ls', '/run/switchyard')).toBe('nginx');
  });

  test('has Prometheus look at every worker and part, and Loki take the lines of workers', async () => {
    const at = (service: string, port: number): string =>
      `http://${stack.address(stack.containers(service)[0] ?? '', port)}`;
    const health = async (): Promise<Readonly<Record<string, number>>> => {
      const answer = (await json(`${at('prometheus', 9090)}/api/v1/query?query=sum by (job) (up)`)) as {
        data: { result: { metric: { job: string }; value: [number, string] }[] };
      };
      return Object.fromEntries(answer.data.result.map(({ metric, value }) => [metric.job, Number(value[1])]));
    };
    const all = {
      'switchyard-workers': 2,
      'switchyard-tasks': 1,
      'switchyard-conductor': 1,
      redis: 1,
      nginx: 1,
      prometheus: 1,
      alertmanager: 1,
      loki: 1,
    };
    await expect.poll(health).toEqual(all);
    const query = encodeURIComponent(
      'switchyard_active_color == 1 or switchyard_workers > 0 or switchyard_part_up == 0',
    );
    const figures = async (): Promise<readonly unknown[]> => {
      const answer = (await json(`${at('prometheus', 9090)}/api/v1/query?query=${query}`)) as {
        data: { result: { metric: Readonly<Record<string, string>>; value: [number, string] }[] };
      };
      return answer.data.result.map(({ metric, value }) => [metric['__name__'], metric['color'], value[1]]);
    };
    await expect.poll(figures).toEqual([
      ['switchyard_active_color', 'blue', '1'],
      ['switchyard_workers', 'blue', '2'],
    ]);
    await expect
      .poll(() => json(`${at('loki', 3100)}/loki/api/v1/label/worker/values`))
      .toMatchObject({
        data: expect.objectContaining({ length: 2 }) as unknown,
      });
    expect((await fetch(`${at('grafana', 3000)}/api/health`)).status).toBe(200);
    const metrics = await fetch(`${at('nginx', 8080)}/metrics/`);
    expect(await metrics.text()).toContain('websocket_');
  });
});

describe('under load', () => {
  // The first deploy of a stack, whose image `up` has built: with Docker 20.10 all of it looks changed to compose then.
  test('a new release by the steps of docs/OPERATIONS.md: green serves, blue has ended, nobody notices', async () => {
    const counted = await stack.crowd(25);
    stack.set({ GREEN_RELEASE: `${stack.release}-next`, GREEN_WORKERS: '2', GREEN_TASK_WORKERS: '1' });
    stack.compose('build', '--quiet', 'gateway-green');
    await switchByHand('blue', 'green');
    expect(await version()).toMatchObject({ release: `${stack.release}-next` });
    expect(await counted()).toEqual(clean);
  });

  test('a worker that is stopped moves its connections and ends with 0; nobody notices', async () => {
    const counted = await stack.crowd(12);
    const [stopped = ''] = stack.containers('gateway-green');
    docker('stop', stopped);
    expect(stateOf(stopped, 'ExitCode')).toBe('0');
    docker('start', stopped);
    // It has no connections now: nginx asks it, as soon as it has found it.
    await expect.poll(version).toMatchObject({ worker: stopped.slice(0, 12) });
    expect(await counted()).toEqual(clean);
  });

  test('a worker that is killed comes back by itself, and nginx finds it', async () => {
    const counted = await stack.crowd(12);
    const [killed = ''] = stack.containers('gateway-green');
    const before = stateOf(killed, 'StartedAt');
    // It takes the one who asks for it along.
    docker(
      'exec',
      '--detach',
      killed,
      'node',
      '-e',
      "process.kill(Number(require('fs').readFileSync('/proc/1/task/1/children')), 'SIGKILL')",
    );
    await expect.poll(() => stateOf(killed, 'StartedAt')).not.toBe(before);
    await expect.poll(version).toMatchObject({ worker: killed.slice(0, 12) });
    expect(await counted()).toEqual(clean);
  });

  test('back again by the same steps without a build: blue serves the release before', async () => {
    const counted = await stack.crowd(25);
    stack.set({ BLUE_WORKERS: '2', BLUE_TASK_WORKERS: '1' });
    await switchByHand('green', 'blue');
    expect(await version()).toMatchObject({ release: stack.release });
    expect(await counted()).toEqual(clean);
  });
});

test('a setting that is changed by the steps of docs/OPERATIONS.md is in force, and only who reads it is made anew', async () => {
  // By a connection of its own: one that is kept ends with the nginx that it is of.
  const admin = async (): Promise<number | undefined> => {
    const [response] = (await once(get(`${stack.url}/admin`, { agent: false }), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  const workers = stack.containers('gateway-blue');
  expect(await admin()).toBe(200);
  stack.set({ EXPOSE_ADMIN: '0', SCRAPE_INTERVAL: '3' });
  stack.configure();
  stack.compose('up', '--detach', '--wait');
  expect(await admin()).toBe(404);
  const prometheus = stack.address(stack.containers('prometheus')[0] ?? '', 9090);
  expect(await json(`http://${prometheus}/api/v1/status/config`)).toMatchObject({
    data: { yaml: expect.stringContaining('scrape_interval: 3s') as unknown },
  });
  expect(stack.containers('gateway-blue')).toEqual(workers);
});

test('a color that nobody knows changes nothing, and the step says so', async () => {
  const { color } = (await version()) as { color: string };
  stack.set({ ACTIVE_COLOR: 'gren' });
  expect(() => stack.configure()).toThrow('ACTIVE_COLOR=gren');
  stack.set({ ACTIVE_COLOR: color });
  stack.configure();
  expect(await version()).toMatchObject({ color });
});
