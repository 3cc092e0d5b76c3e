import type { Figure } from '../figure.js';
import type { Lab } from '../lab.js';
import type { LoadClient } from '../load-client.js';
import { median, medianRatio } from '../statistics.js';

const CHANNELS = 10;
const SUBSCRIBERS = 100;
const PUBLISHERS = 4;
const DELIVERIES = 1_000;
const PACE = (DELIVERIES / SUBSCRIBERS) * CHANNELS;
const bench = 'latency';

const begin = async (client: LoadClient): Promise<LoadClient> => {
  await client.connect(SUBSCRIBERS + PUBLISHERS);
  await client.subscribe(SUBSCRIBERS, CHANNELS, 'latency:');
  await client.ask(`pace ${PACE} 1 ${PUBLISHERS}`);
  return client;
};

/** From a publish to each of its deliveries over two workers, where nothing is in a hurry; then the same through nginx. */
export const latency = async (lab: Lab): Promise<readonly Figure[]> => {
  const { rounds, seconds } = lab.config;
  const [baseline, ours] = [await lab.cluster('uws-json', 2), await lab.cluster('ours', 2)];
  const [theirs, direct] = [await begin(lab.client(baseline)), await begin(lab.client(ours))];
  const p50 = { ours: [] as number[], theirs: [] as number[] };
  const p99 = { ours: [] as number[], theirs: [] as number[] };
  const pace = `pace ${PACE} ${seconds} ${PUBLISHERS}`;
  for (let round = 0; round < rounds; round += 1) {
    const their = await lab.measure(baseline, () => theirs.ask(pace));
    const our = await lab.measure(ours, () => direct.ask(pace));
    p50.theirs.push(their.result.p50);
    p99.theirs.push(their.result.p99);
    p50.ours.push(our.result.p50);
    p99.ours.push(our.result.p99);
  }
  await lab.clear();
  const front = await throughNginx(lab, pace);
  return [
    { bench, name: 'p50 from publish to delivery', value: median(p50.ours), unit: 'ms', ratio: false, atMost: 1 },
    { bench, name: 'p99 from publish to delivery', value: median(p99.ours), unit: 'ms', ratio: false, atMost: 5 },
    { bench, name: 'p99 through nginx', value: front.p99, unit: 'ms', ratio: false, atMost: 8 },
    { bench, name: 'p50, of uws-json', value: medianRatio(p50.ours, p50.theirs), unit: '×', ratio: true },
    { bench, name: 'p50 through nginx', value: front.p50, unit: 'ms', ratio: false },
    { bench, name: 'p50, uws-json', value: median(p50.theirs), unit: 'ms', ratio: false },
    { bench, name: 'p99, uws-json', value: median(p99.theirs), unit: 'ms', ratio: false },
  ];
};

const throughNginx = async (lab: Lab, pace: string): Promise<Readonly<{ p50: number; p99: number }>> => {
  const { url } = await lab.stack();
  const client = await begin(lab.clientOf([Number(new URL(url).port)]));
  const [p50, p99]: [number[], number[]] = [[], []];
  for (let round = 0; round < lab.config.rounds; round += 1) {
    const answer = await client.ask(pace);
    p50.push(answer.p50);
    p99.push(answer.p99);
  }
  return { p50: median(p50), p99: median(p99) };
};
