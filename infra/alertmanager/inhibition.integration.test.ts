import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { alerts } from '../prometheus/testing/rule-files.js';
import { startAlertmanager, type RealAlertmanager } from '../testing/real-alertmanager.js';

const Configuration = z.object({
  inhibit_rules: z.array(z.object({ source_matchers: z.array(z.string()), target_matchers: z.array(z.string()) })),
});
const Known = z.array(z.object({ labels: z.record(z.string(), z.string()), status: z.object({ state: z.string() }) }));
type Labels = Readonly<Record<string, string>>;

let alertmanager: RealAlertmanager;

const isReady = async (): Promise<boolean> =>
  fetch(`${alertmanager.url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
beforeAll(async () => {
  alertmanager = await startAlertmanager();
  await vi.waitUntil(isReady, { timeout: 30_000, interval: 50 });
});
afterAll(() => alertmanager.stop());

/** As Prometheus says that they fire, or that they do not any more. */
const tell = async (all: readonly Labels[], endsAt?: string): Promise<void> => {
  const body = JSON.stringify(all.map((labels) => ({ labels, ...(endsAt === undefined ? {} : { endsAt }) })));
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${alertmanager.url}/api/v2/alerts`, { method: 'POST', headers, body });
  expect(status).toBe(200);
};

/** `name cluster` of what is held back, and of what is passed on. */
const states = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
  const known = Known.parse(await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json());
  const named = (state: string): readonly string[] =>
    known
      .filter(({ status }) => status.state === state)
      .map(({ labels }) => `${labels['alertname']} ${labels['switchyard_cluster']}`)
      .sort();
  return { active: named('active'), suppressed: named('suppressed') };
};

const of = (cluster: string, ...names: readonly string[]): readonly Labels[] =>
  names.map((alertname) => ({ alertname, severity: 'critical', switchyard_cluster: cluster }));

describe('what follows from another alert', () => {
  it('is held back while that one fires, in its cluster alone, and passed on after it', async () => {
    await tell([
      ...of('a', 'RedisDown', 'PubSubLag', 'QueueFull', 'QueueOverflow', 'HighErrorRate', 'NginxDown', 'WorkerDown'),
      ...of('b', 'PubSubLag', 'BothColorsDown', 'WorkerDown'),
    ]);
    await expect.poll(states).toEqual({
      active: ['BothColorsDown b', 'NginxDown a', 'PubSubLag b', 'RedisDown a', 'WorkerDown a'],
      suppressed: ['HighErrorRate a', 'PubSubLag a', 'QueueFull a', 'QueueOverflow a', 'WorkerDown b'],
    });
    await tell(of('a', 'RedisDown'), new Date().toISOString());
    await expect.poll(states).toMatchObject({ suppressed: ['WorkerDown b'] });
  });

  it('is named as the rules name it', () => {
    const text = readFileSync(resolve(import.meta.dirname, 'alertmanager.yml'), 'utf8').replace('${WEBHOOKS}', '[]');
    const { inhibit_rules: rules } = Configuration.parse(parse(text));
    const named = rules
      .flatMap(({ source_matchers: sources, target_matchers: targets }) => [...sources, ...targets])
      .flatMap((matcher) => /^alertname=~?"(.*)"$/.exec(matcher)?.[1]?.split('|') ?? [matcher]);
    const known = new Set(alerts().map(({ alert }) => alert));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
