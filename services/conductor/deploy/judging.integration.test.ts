import { once } from 'node:events';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createMemoryCluster } from '../../gateway/broker/memory/memory-cluster.js';
import { SECRET } from '../../gateway/testing/tokens.js';
import { startWorker, type TestWorker } from '../../gateway/testing/worker.js';
import { scanMessage } from '../../ledger/frame-scan.js';
import { startFrameProxy, type FrameProxy } from '../../ledger/testing/frame-proxy.js';
import { fakeSite, type FakeSite } from '../testing/fake-site.js';
import { Judging } from './judging.js';
import { planDeploy, type Reason } from './plan.js';

let site: FakeSite;
let cluster: ReturnType<typeof createMemoryCluster>;
let blue: TestWorker;
let green: TestWorker;
let front: FrameProxy;
let warnings: string[];

beforeEach(async () => {
  front = await startFrameProxy('');
  onTestFinished(() => front.stop());
  site = fakeSite({ PROBES: 6 }, { HTTP_PORT: Number(new URL(front.url).port) });
  cluster = createMemoryCluster();
  [blue, green] = await Promise.all([run('blue'), run('green')]);
  front.target = blue.ws;
  warnings = [];
});

const run = async (color: 'blue' | 'green', given: Readonly<Record<string, string>> = {}): Promise<TestWorker> => {
  const settings = { COLOR: color, CONTROL_TOKEN: site.run.controlToken(), DRAIN_GRACE: '1', ...given };
  const worker = await startWorker((id) => cluster.broker(id), settings);
  onTestFinished(() => worker.app.stop());
  site.engine.runs(color, worker.http);
  return worker;
};

const judgingOf = (reason: Reason): Judging => {
  const plan = planDeploy('blue', 'green', reason, { kind: 'reuse', id: 'r1' });
  const judging = new Judging(site, plan, (words) => warnings.push(words));
  onTestFinished(async () => void (await judging.ledger()));
  return judging;
};

const releaseOf = async ({ http }: TestWorker): Promise<string> => {
  const { release } = (await (await fetch(`${http}/version`)).json()) as { release: string };
  return release;
};

/** So many messages come twice. Resolves when they have. */
const double = (count: number): Promise<void> =>
  new Promise((resolve) => {
    let left = count;
    front.meddle = (text) => {
      if (left === 0 || scanMessage(text) === undefined) return [text];
      left -= 1;
      if (left === 0) resolve();
      return [text, text];
    };
  });

const move = async (judging: Judging): Promise<void> => {
  front.target = green.ws;
  await judging.switched();
  blue.app.draining.begin('deploy');
  await expect.poll(() => blue.app.connections.size).toBe(0);
  await judging.moved(true);
};

describe('what the ledger finds on the color that is left', () => {
  test('refuses a release that is promoted: it does not say which color did it', async () => {
    const judging = judgingOf('deploy');
    await judging.openProbes();
    await double(1);
    await move(judging);
    await expect(judging.prove()).rejects.toThrow('the ledger is not clean: 1 duplicated');
  });

  test('is told at a rollback', async () => {
    const judging = judgingOf('rollback');
    await judging.openProbes();
    await double(1);
    await move(judging);
    await judging.prove();
    expect(warnings).toEqual(['the ledger: 1 duplicated']);
  });

  test('is told where that color is ill by its own figures', async () => {
    const judging = judgingOf('deploy');
    await judging.openProbes();
    await judging.look();
    await double(1);
    // Its worker has gone down, and stands again.
    const { running } = site.engine;
    const workers = running.get('blue') ?? [];
    running.delete('blue');
    await expect.poll(() => judging.look().then(() => judging.excuses)).toEqual(['blue-1 went down']);
    running.set('blue', workers);
    await move(judging);
    await judging.prove();
    expect(warnings).toEqual(['blue is ill: blue-1 went down', 'the ledger: 1 duplicated']);
  });
});

test('what the ledger finds on the new color refuses a rollback too', async () => {
  const judging = judgingOf('rollback');
  await judging.openProbes();
  await move(judging);
  // Of both ledgers: that of the new color alone has some.
  await double(50);
  await expect(judging.prove()).rejects.toThrow(/the ledger is not clean: \d+ duplicated/);
});

test.each<[Reason]>([['deploy'], ['rollback']])(
  '%s: probes that the color which is left does not take are told, and opened on the new one',
  async (reason) => {
    const judging = judgingOf(reason);
    front.refuse = Infinity;
    expect(await judging.openProbes()).toBe('it begins after the switch');
    expect(warnings).toEqual([expect.stringContaining("blue takes no probes: the ledger's probes can't open")]);
    front.refuse = 0;
    front.target = green.ws;
    await judging.switched();
    await judging.moved(true);
    expect(await judging.prove()).toBe('nothing lost, nothing twice');
    // One that is left open would keep the deploy from ending.
    await expect.poll(() => green.app.connections.size).toBe(0);
  },
);

test('probes are not opened on a color of which the smoke test has found nobody alive', async () => {
  const judging = judgingOf('deploy');
  site.engine.running.delete('blue');
  // The front takes what comes, and answers nothing.
  front.refuse = Infinity;
  await judging.smoke(await releaseOf(green), new AbortController().signal);
  expect(warnings).toEqual(['no worker of blue answers: nothing could be tried between the two']);
  expect(await judging.openProbes()).toBe('it begins after the switch');
  expect(warnings).toHaveLength(1);
  front.refuse = 0;
  front.target = green.ws;
  await judging.switched();
  await judging.moved(true);
  expect(await judging.prove()).toBe('nothing lost, nothing twice');
});

describe('a release that turns clients away', () => {
  const comeForNothing = async (worker: TestWorker): Promise<void> => {
    const codes = Array.from({ length: 40 }, async (): Promise<unknown> => {
      const [code] = (await once(new WebSocket(`${worker.ws}/ws`), 'close')) as readonly unknown[];
      return code;
    });
    expect(new Set(await Promise.all(codes))).toEqual(new Set([4401]));
  };
  const look = async (REPLACE_KEYS: boolean): Promise<unknown> => {
    site = { ...site, verb: { ...site.verb, REPLACE_KEYS } };
    green = await run('green', { ALLOW_ANONYMOUS: 'false', JWT_SECRET: SECRET });
    const judging = judgingOf('deploy');
    await judging.begin();
    await judging.smoke(await releaseOf(green), new AbortController().signal);
    await judging.openProbes();
    await comeForNothing(green);
    return judging.look();
  };

  test('is refused', async () => {
    await expect(look(false)).rejects.toThrow(
      /^clients turned away for their token, beyond what the color before turned away, on green: \d+ of \d+, more than 5 %$/,
    );
  });

  test('is what who replaces keys has asked for', async () => {
    await expect(look(true)).resolves.toHaveProperty('kind');
  });
});
