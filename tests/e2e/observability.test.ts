import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { checkDashboards } from '../../infra/grafana/src/check/check.js';
import { viewOf } from '../../infra/grafana/src/check/questions.js';
import { provisionedInterval } from '../../infra/grafana/src/check/time-interval.js';
import { layoutOf } from '../../services/conductor/engines/local/layout.js';
import { PARTS } from '../../services/conductor/engines/local/parts/table.js';
import { Supervisor } from '../../services/conductor/engines/local/supervisor.js';
import { processesOf } from '../../services/conductor/processes.js';
import { Crowd } from './crowd.js';
import { TestClient } from '../../services/gateway/testing/client.js';
import { checkout, TestStack } from './stack.js';

const cache = process.env['SWITCHYARD_CACHE'] ?? join(homedir(), '.cache/switchyard');
const hasLoki = existsSync(cache) && readdirSync(cache).some((name) => existsSync(join(cache, name, 'loki')));

const Targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ labels: z.record(z.string(), z.string()), health: z.string(), lastError: z.string() }),
    ),
  }),
});
const Labels = z.object({ data: z.array(z.string()).default([]) });
const Answer = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

class Prometheus {
  constructor(readonly url: string) {}

  async targets() {
    return Targets.parse(await (await fetch(`${this.url}/api/v1/targets?state=active`)).json()).data.activeTargets;
  }

  /** Targets that are not up, with why. Prometheus itself may still be starting: then that is what is not up. */
  async notUp(): Promise<readonly string[]> {
    try {
      const targets = await this.targets();
      if (targets.length === 0) return ['no targets'];
      return targets
        .filter(({ health }) => health !== 'up')
        .map(({ labels, health, lastError }) => `${labels['job']} ${labels['instance']}: ${health} ${lastError}`);
    } catch (error) {
      return [String(error)];
    }
  }

  /** The values of a query by one label. */
  async values(query: string, label: string): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { result } = Answer.parse(await response.json()).data;
    return Object.fromEntries(result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]));
  }
}

/** The colors of which Loki has lines. It is ready some seconds after it answers; workers keep their lines for it. */
const colorsIn = async (loki: string): Promise<readonly string[]> => {
  const since = `${Date.now() - 600_000}000000`;
  const response = await fetch(`${loki}/loki/api/v1/label/color/values?start=${since}`).catch(() => undefined);
  return response?.ok === true ? Labels.parse(await response.json()).data : [];
};

/** What the check finds, where Loki is built of Loki too. */
const faultsOfDashboards = async (prometheus: string, loki: string): Promise<readonly string[]> => {
  const said: string[] = [];
  const isWell = await checkDashboards({
    prometheus,
    loki: hasLoki ? loki : undefined,
    view: viewOf(provisionedInterval(1)),
    say: (line) => void said.push(line),
  });
  if (!hasLoki) process.stderr.write(`${said.find((line) => line.includes('were left out')) ?? ''}\n`);
  return isWell ? [] : said;
};

/** A connection that ends on the color that serves: those of a move may end behind the last look at the color that stops. */
const visit = async (url: string): Promise<void> => {
  const visitor = await TestClient.connect(`${url}/ws`);
  await visitor.close();
};
const visitUntil = async (signal: AbortSignal, url: string): Promise<void> => {
  while (!signal.aborted) {
    await visit(url);
    await sleep(200);
  }
};

const JOBS = PARTS.filter(({ name }) => name !== 'loki' || hasLoki).flatMap(({ job }) => job ?? []);

test('Prometheus and what else watches: up with the stack, right after a promote as each dashboard asks, back after a kill, gone with it', async () => {
  const settings = {
    OBSERVABILITY: 'on',
    SCRAPE_INTERVAL: '1',
    SWITCHYARD_CACHE: cache,
    PROBES: '5',
    // Without handlers and tasks their panels have nothing to show.
    HANDLERS: join(checkout, 'examples/handlers'),
    TASKS: join(checkout, 'examples/tasks'),
    TASK_WORKERS: '1',
  };
  const stack = await TestStack.prepare(settings);
  onTestFinished(() => stack.close());
  const port = (setting: string): number => stack.ports.watching[setting] ?? 0;
  const prometheus = new Prometheus(`http://127.0.0.1:${port('PROMETHEUS_PORT')}`);
  const supervisor = new Supervisor(layoutOf(checkout, stack.runDir).socket);
  const pidOf = async (name: string): Promise<number> =>
    (await supervisor.programs()).find((program) => program.name === name)?.pid ?? 0;

  const up = await stack.run(['up']);
  expect(up).toMatchObject({ code: 0 });
  expect(up.output).toMatch(new RegExp(`Prometheus +http://localhost:${port('PROMETHEUS_PORT')}`));
  expect(up.output).toMatch(
    hasLoki ? /Loki +http:/ : /Loki +not on this machine; "make setup-observability" builds it/,
  );

  await expect.poll(() => prometheus.notUp(), { timeout: 30_000 }).toEqual([]);
  const targets = await prometheus.targets();
  expect(new Set(targets.map(({ labels }) => labels['job']))).toEqual(
    new Set([...JOBS, 'switchyard-workers', 'switchyard-tasks']),
  );
  const workers = async () =>
    (await prometheus.targets())
      .filter(({ labels }) => labels['job'] === 'switchyard-workers')
      .map(({ labels }) => `${labels['color']}-${labels['worker']} ${labels['release']}`)
      .sort();
  const { colors } = await stack.status();
  expect(await workers()).toEqual(['1', '2'].map((worker) => `blue-${worker} ${colors[0]?.release}`));
  expect(await prometheus.values('redis_up', 'job')).toEqual({ redis: 1 });
  expect(await prometheus.values('nginx_up', 'job')).toEqual({ nginx: 1 });
  const fromOutside = await fetch(`http://127.0.0.1:${stack.ports.metrics}/stub_status`);
  expect(await fromOutside.text()).toContain('Active connections');

  const crowd = await Crowd.gather(stack.socketUrl, { clients: 4, channels: 1, publishers: 1, perSecond: 20 });
  onTestFinished(() => crowd.end());

  // A dead part that only watches is no trouble of the cluster, of no deploy, and comes back with "up".
  await supervisor.stop('alertmanager', 5_000);
  expect(await stack.promote()).toMatchObject({ outcome: 'done', active: 'green' });
  const note = await stack.run(['status']);
  expect(note).toMatchObject({ code: 0 });
  expect(note.output).toMatch(/Note: alertmanager ended, .*The cluster does without it/);
  const again = await stack.run(['up']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.output).toContain('Already up (green is active); new: alertmanager.');
  await expect.poll(() => pidOf('alertmanager')).not.toBe(0);

  // The workers of the color that was stopped are no targets any more: nothing is down after a deploy.
  await expect.poll(() => prometheus.notUp()).toEqual([]);
  const green = (await stack.status()).colors[1]?.release;
  expect(await workers()).toEqual(['1', '2'].map((worker) => `green-${worker} ${green}`));
  await expect
    .poll(() => prometheus.values('switchyard_deploys_finished_total{verb="promote"}', 'outcome'))
    .toEqual({ done: 1, rolled_back: 0, failed: 0 });
  expect(await prometheus.values('switchyard_active_color', 'color')).toEqual({ blue: 0, green: 1 });
  expect(await prometheus.values('switchyard_deploy_messages_lost_total', 'job')).toEqual({
    'switchyard-conductor': 0,
  });
  expect(
    (await prometheus.values('switchyard_deploy_messages_acked_total > 0', 'job'))['switchyard-conductor'],
  ).toBeGreaterThan(0);

  // Every query of every dashboard has something to show of that traffic and that deploy.
  const loki = `http://127.0.0.1:${port('LOKI_PORT')}`;
  await expect.poll(() => colorsIn(loki), { timeout: 60_000 }).toEqual(hasLoki ? ['blue', 'green'] : []);
  // Some panels show the connections that ended in the last seconds: they go on ending until all were asked.
  const asking = new AbortController();
  const visiting = visitUntil(asking.signal, stack.socketUrl);
  await expect
    .poll(() => prometheus.values('sum by (job) (rate(websocket_connection_duration_seconds_count[4s])) > 0', 'job'))
    .toEqual({ 'switchyard-workers': expect.any(Number) as unknown });
  // A panel asks for whole steps of time: the last of them may lie before the promote still.
  await expect.poll(() => faultsOfDashboards(prometheus.url, loki), { timeout: 60_000 }).toEqual([]);
  asking.abort();
  await visiting;
  expect((await crowd.account()).missing).toEqual([]);

  const killed = await pidOf('prometheus');
  process.kill(killed, 'SIGKILL');
  await expect.poll(() => pidOf('prometheus')).not.toBeOneOf([0, killed]);
  const ready = async () => (await fetch(`${prometheus.url}/-/ready`).catch(() => undefined))?.status;
  await expect.poll(ready).toBe(200);

  expect(await stack.run(['down'])).toMatchObject({ code: 0 });
  expect(processesOf(stack.runDir)).toEqual([]);
});
