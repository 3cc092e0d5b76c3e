import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../gateway/broker/broker.js';
import { createRedisBroker } from '../gateway/broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../gateway/broker/testing/redis-server.js';
import { startWorker, type TestWorker } from '../gateway/testing/worker.js';
import { scanMessage, type ScannedMessage } from './frame-scan.js';
import { Ledger, type LedgerOptions } from './probes.js';
import { startFrameProxy, type FrameProxy } from './testing/frame-proxy.js';

const TOKEN = 'a control token for tests';
const FINISH_MS = 5_000;
/** For a ledger that waits in vain for what was lost. */
const VAIN_MS = 300;
const NOTHING = { lost: 0, duplicated: 0, outOfOrder: 0, refused: 0, told: 0, examples: [] };
const CALM = { refused: 0, handshakesRefused: 0, resumeFailures: 0, resets: 0, unexpectedCloses: 0, away: 0 };

let redis: RedisServer;
let blue: TestWorker;
let green: TestWorker;
let proxy: FrameProxy;
let ledger: Ledger;
let troubles: string[];

beforeEach(async () => {
  redis = await startRedis();
  const worker = (color: string): Promise<TestWorker> =>
    startWorker((workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }), {
      COLOR: color,
      CONTROL_TOKEN: TOKEN,
      DRAIN_GRACE: '1',
    });
  [blue, green] = await Promise.all([worker('blue'), worker('green')]);
  proxy = await startFrameProxy(blue.ws);
  troubles = [];
});
afterEach(async () => {
  await ledger.abort();
  await proxy.stop();
  await Promise.all([blue.app.stop(), green.app.stop()]);
  await redis.stop();
});

const open = async (options: Partial<LedgerOptions> = {}): Promise<void> => {
  ledger = await Ledger.open({
    url: proxy.url,
    headers: { Authorization: `Bearer ${TOKEN}` },
    subscribers: 6,
    publishers: 2,
    channels: 2,
    ratePerPublisher: 50,
    onTrouble: (words) => troubles.push(words),
    ...options,
  });
};
const published = async (count: number): Promise<void> => {
  const { published: before } = ledger.figures();
  await expect.poll(() => ledger.figures().published - before).toBeGreaterThanOrEqual(count);
};

/** Lets the proxy do something else, once, to a message that a connection of a subscriber is sent. */
const once = (change: (text: string, message: ScannedMessage) => readonly string[]): (() => ScannedMessage) => {
  let changed: ScannedMessage | undefined;
  proxy.meddle = (text) => {
    const message = changed === undefined ? scanMessage(text) : undefined;
    if (message === undefined) return [text];
    changed = message;
    return change(text, message);
  };
  return () => {
    if (changed === undefined) throw new Error('no message came');
    return changed;
  };
};

describe('a cluster that keeps its promises', () => {
  test('[deploy-2] every publication is acked and heard by every subscriber of its channel, once and in order', async () => {
    await open();
    await published(50);
    const { clean, verdict, figures, unanswered, load } = await ledger.finish(FINISH_MS);
    expect(verdict).toMatchObject(NOTHING);
    expect(figures).toMatchObject(CALM);
    expect(load.cpuShare).toBeGreaterThan(0);
    expect(verdict.acked).toBe(figures.published);
    expect(verdict.delivered).toBe(figures.published * 3);
    expect(verdict.deliveryMs.p50).toBeGreaterThan(0);
    expect({ clean, unanswered, troubles }).toEqual({ clean: true, unanswered: 0, troubles: [] });
  });

  test('[move-3] [deploy-1] a move: two connections overlap, nobody is away, the second side publishes on the new color', async () => {
    await open();
    await published(20);
    proxy.target = green.ws;
    blue.app.draining.begin('deploy');
    await ledger.openSecondSide();
    await expect.poll(() => blue.app.draining.status()?.remaining).toBe(0);
    await published(20);
    const { clean, verdict, figures, probes } = await ledger.finish(FINISH_MS);
    expect(verdict).toMatchObject(NOTHING);
    expect(figures).toMatchObject(CALM);
    expect({ clean, publishers: probes.publishers, moved: probes.moved }).toEqual({
      clean: true,
      publishers: 4,
      moved: 6,
    });
  });

  test('[resume-1] a connection that breaks off: recovered, and told as what it was', async () => {
    await open({ publishers: 1 });
    await published(10);
    proxy.cut();
    await expect.poll(() => ledger.figures().away).toBe(7);
    await published(20);
    const { clean, verdict, figures } = await ledger.finish(FINISH_MS);
    expect(verdict).toMatchObject(NOTHING);
    expect(figures).toMatchObject({ ...CALM, away: 7, unexpectedCloses: 7 });
    expect(clean).toBe(true);
    expect(troubles).toContain('probe 1 was closed with 1006');
  });
});

describe('what a probe sees', () => {
  test('a message that one of them never got', async () => {
    const changed = once(() => []);
    await open();
    await published(30);
    const { clean, verdict } = await ledger.finish(VAIN_MS);
    const { channel, offset, id } = changed();
    expect(verdict).toMatchObject({ ...NOTHING, lost: 1, examples: expect.anything() as unknown });
    expect(verdict.examples).toEqual([
      expect.stringMatching(
        new RegExp(`^probe \\d on ${channel} never got offset ${offset} \\(id ${id}\\), acked at `),
      ),
    ]);
    expect(verdict.first.lost).toMatch(new RegExp(`^probe \\d on ${channel}, on blue, which it never left$`));
    expect(clean).toBe(false);
  });

  test('[order-1] a message that came twice on one connection, which the library hides', async () => {
    const changed = once((text) => [text, text]);
    await open();
    await published(30);
    const { clean, verdict } = await ledger.finish(FINISH_MS);
    const { channel, offset } = changed();
    expect(verdict).toMatchObject({ ...NOTHING, duplicated: 1, examples: expect.anything() as unknown });
    expect(verdict.examples).toEqual([
      expect.stringMatching(new RegExp(`^connection 1 of probe \\d on ${channel} was sent offset ${offset} twice$`)),
    ]);
    expect(clean).toBe(false);
  });

  test('[order-1] two messages that changed places: one is late, and the library drops it', async () => {
    let held: string | undefined;
    let done = false;
    proxy.meddle = (text, connection) => {
      if (done || connection !== 1 || scanMessage(text) === undefined) return [text];
      if (held === undefined) {
        held = text;
        return [];
      }
      done = true;
      return [text, held];
    };
    await open();
    await published(30);
    const { verdict } = await ledger.finish(VAIN_MS);
    expect(verdict).toMatchObject({ lost: 1, outOfOrder: 1, duplicated: 0 });
  });

  test('[order-3] that the server says the order broke: told, and nothing lost', async () => {
    once((_text, { channel, epoch, offset }) => [
      JSON.stringify({ type: 'subscribed', channel, epoch, offset, recovered: false }),
    ]);
    await open();
    await published(30);
    const { clean, verdict, figures } = await ledger.finish(FINISH_MS);
    expect(verdict).toMatchObject({ ...NOTHING, told: 1 });
    expect(figures).toMatchObject({ ...CALM, resets: 1 });
    expect(clean).toBe(true);
    expect(troubles).toEqual([expect.stringMatching(/^probe \d was told that the order of ledger:.* broke/)]);
  });

  test('[once-1] a publish that was refused and taken when it was sent again: refused, and logged once', async () => {
    let refused = false;
    proxy.meddle = (text) => {
      if (refused || !text.startsWith('{"type":"ack"')) return [text];
      refused = true;
      const { id } = JSON.parse(text) as { id: string };
      return [JSON.stringify({ type: 'error', id, code: 'unavailable', message: 'Redis is away' })];
    };
    await open();
    await published(30);
    const { clean, verdict, figures } = await ledger.finish(FINISH_MS);
    expect(verdict).toMatchObject({ ...NOTHING, refused: 1, acked: figures.published });
    expect({ clean, refused: figures.refused }).toEqual({ clean: false, refused: 1 });
  });

  test('a publish whose ack comes after the end, or never: unanswered, and nothing that follows changes it', async () => {
    let isOver = false;
    let withheld = 0;
    proxy.meddle = (text) => {
      if (isOver || !text.startsWith('{"type":"ack"')) return [text];
      withheld += 1;
      return [];
    };
    await open();
    await expect.poll(() => withheld).toBeGreaterThanOrEqual(10);
    const finished = ledger.finish(VAIN_MS);
    isOver = true;
    const { clean, verdict, figures, unanswered } = await finished;
    expect({ clean, unanswered }).toEqual({ clean: false, unanswered: withheld });
    expect(verdict.acked).toBe(figures.published - withheld);
  });

  test('a probe that hears nothing for the whole run: all of its channel is lost for it', async () => {
    proxy.meddle = (text, connection) => (connection === 1 && scanMessage(text) !== undefined ? [] : [text]);
    await open({ channels: 1 });
    await published(20);
    const { clean, verdict } = await ledger.finish(VAIN_MS);
    expect({ clean, lost: verdict.lost }).toEqual({ clean: false, lost: verdict.acked });
  });

  test('no more channels than listeners: what nobody hears proves nothing', async () => {
    await open({ subscribers: 2, channels: 5 });
    await published(10);
    const { verdict, probes } = await ledger.finish(FINISH_MS);
    expect(probes.channels).toBe(2);
    expect(verdict.delivered).toBe(verdict.acked);
  });

  test('[connect-8] a handshake that was refused, of a second side too', async () => {
    await open();
    proxy.refuse = 1;
    await ledger.openSecondSide();
    const { clean, verdict, figures } = await ledger.finish(FINISH_MS);
    expect(verdict).toMatchObject({ ...NOTHING, refused: 1 });
    expect({ clean, handshakesRefused: figures.handshakesRefused }).toEqual({ clean: false, handshakesRefused: 1 });
    expect(troubles).toEqual([expect.stringMatching(/^publisher \d was refused a handshake/)]);
  });
});

test('[metrics-3] with the token of the stack no probe is counted', async () => {
  await open();
  await published(10);
  const { messages_received: received } = (await (await fetch(`${blue.http}/ws-stats`)).json()) as {
    messages_received: number;
  };
  expect(received).toBe(0);
  await ledger.finish(FINISH_MS);
});

test('a cluster that does not answer is said in words, and nothing stays open', async () => {
  await open();
  proxy.refuse = Infinity;
  await expect(open()).rejects.toThrow('not all of 6 subscribers were ready within 10 s');
});
