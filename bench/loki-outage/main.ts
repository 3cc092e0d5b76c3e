// Loki stopped under load: no message may be late, no memory grow, no line be lost uncounted. `make test-loki-outage`. It
// brings its own stack and its own Loki, prints the figures, and ends with 1 when one is over its limit.
import { z } from 'zod';
import { Load } from '../load/load.js';
import { lokiBinary, PrivateLoki } from '../private-loki.js';
import { interruptiblePause, runVerb, say, told } from '../verb.js';
import { readConfig } from './config.js';
import { judge, type Figures } from './judgement.js';
import { OutageStack } from './stack.js';
import { Watch } from './watch.js';

const LOAD = { subscribers: 200, channels: 20, rate: 500 };
const SETTLE_MS = 10_000;
const CATCH_UP_MS = 10_000;
const LAST_LINES_MS = 5_000;
const BACK_WITHIN_MS = 30_000;
const SERVICE = '{service="websocket-message-counter"}';
const Event = z.object({ event: z.string().optional() });
const Count = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

const pause = interruptiblePause();

/** Until lines that were written after `since` are in Loki, of every worker. Seconds that it took. */
const untilFlowing = async (loki: PrivateLoki, since: bigint): Promise<number | undefined> => {
  const began = performance.now();
  while (performance.now() - began < BACK_WITHIN_MS) {
    const fresh = (await loki.find(`${SERVICE} |= "websocket_message_processed"`, since)).map(
      ({ labels }) => labels['worker'],
    );
    if (new Set(fresh).size === 2) return (performance.now() - began) / 1_000;
    await pause(100);
  }
  return undefined;
};

const countIn = async (loki: PrivateLoki): Promise<number> => {
  const query = new URLSearchParams({ query: `sum(count_over_time(${SERVICE}[2h]))` }).toString();
  const answer = Count.parse(await (await fetch(`${loki.url}/loki/api/v1/query?${query}`)).json());
  return Number(answer.data.result[0]?.value[1] ?? 0);
};

const rehearse = async (loki: PrivateLoki, stack: OutageStack, minutes: number): Promise<Figures> => {
  const load = await Load.start({ url: stack.url, ...LOAD });
  try {
    await pause(SETTLE_MS);
    const half = minutes * 30_000;
    const watch = new Watch(load, () => stack.memory(), pause);
    const before = await watch.during(half);
    await loki.stop();
    say(`Loki is stopped, for ${minutes} min`);
    const away = await watch.during(minutes * 60_000);
    await loki.start();
    say('Loki is back');
    // What had waited goes to it now, at once.
    const [backSeconds, catchUp] = await Promise.all([
      untilFlowing(loki, BigInt(Date.now()) * 1_000_000n),
      watch.during(CATCH_UP_MS),
    ]);
    const after = await watch.during(half);
    load.stop();
    await pause(LAST_LINES_MS);
    const lines = stack.lines();
    const events = lines.filter((line) => line.includes('"loki_')).map((line) => Event.parse(JSON.parse(line)));
    return {
      before,
      away,
      catchUp,
      after,
      backSeconds,
      written: lines.length,
      inLoki: await countIn(loki),
      dropped: await stack.dropped(),
      told: events.map(({ event = '' }) => event),
    };
  } finally {
    load.stop();
  }
};

const main = async (): Promise<number> => {
  const { minutes, environment } = readConfig();
  const binary = lokiBinary(environment);
  if (binary === undefined) {
    process.stderr.write('There is no Loki on this machine: "make setup-observability" builds it.\n');
    return 2;
  }
  const loki = await PrivateLoki.prepare(binary);
  try {
    await loki.start();
    const stack = await OutageStack.up(environment['PATH'] ?? '', loki.url);
    try {
      const { subscribers, channels, rate } = LOAD;
      say(`${subscribers} readers of ${channels} channels, ${rate} messages/s, each with a log line, 2 workers`);
      return told(judge(await rehearse(loki, stack, minutes)));
    } finally {
      await stack.close();
    }
  } finally {
    await loki.close();
  }
};

await runVerb(main);
