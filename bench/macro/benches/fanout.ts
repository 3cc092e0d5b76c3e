import type { Figure } from '../figure.js';
import type { Lab } from '../lab.js';
import { median, medianRatio, spread } from '../statistics.js';

const SUBSCRIBERS = 2_000;
const PUBLISHERS = 4;
const WORKERS = 2;
const STEADY = 100_000;
/** Publications that are not with everybody yet, when it goes as fast as it can. */
const UNDER_WAY = 64;
const KINDS = ['uws-json', 'ours'] as const;
const bench = 'fanout';

/** One channel with subscribers on both workers, which share a Redis: at a steady rate, then as fast as it is delivered. */
export const fanout = async (lab: Lab): Promise<readonly Figure[]> => {
  const { rounds, seconds } = lab.config;
  const empty = (): Record<(typeof KINDS)[number], number[]> => ({ 'uws-json': [], ours: [] });
  const [cpu, redis, p99, most, client] = [empty(), empty(), empty(), empty(), empty()];
  const sides = [];
  for (const kind of KINDS) {
    const cluster = await lab.cluster(kind, WORKERS);
    const crowd = lab.client(cluster);
    await crowd.connect(SUBSCRIBERS + PUBLISHERS);
    await crowd.subscribe(SUBSCRIBERS, 1, 'fanout:');
    await crowd.ask(`flood ${SUBSCRIBERS * UNDER_WAY} 1 ${PUBLISHERS}`);
    sides.push({ kind, cluster, crowd });
  }
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const { kind, cluster, crowd } of sides) {
      const pace = `pace ${STEADY / SUBSCRIBERS} ${seconds} ${PUBLISHERS}`;
      const steady = await lab.measure(cluster, () => crowd.ask(pace));
      const { delivered, expected } = steady.result;
      cpu[kind].push((steady.serverCpu / delivered) * 1e6);
      redis[kind].push((steady.redisCpu / delivered) * 1e6);
      p99[kind].push(steady.result.p99);
      const fast = await lab.measure(cluster, () =>
        crowd.ask(`flood ${SUBSCRIBERS * UNDER_WAY} ${seconds} ${PUBLISHERS}`),
      );
      most[kind].push(fast.result.delivered / fast.result.seconds);
      client[kind].push(fast.result.cpuSeconds / fast.wallSeconds);
      if (kind === 'ours') lost += expected - delivered + fast.result.lost;
    }
  }
  return [
    {
      bench,
      name: 'CPU a delivery at 100,000/s, of uws-json',
      value: medianRatio(cpu.ours, cpu['uws-json']),
      unit: '×',
      ratio: true,
      atMost: 1.15,
      spread: spread(cpu.ours),
    },
    {
      bench,
      name: 'p99 at 100,000/s, of uws-json',
      value: medianRatio(p99.ours, p99['uws-json']),
      unit: '×',
      ratio: true,
      atMost: 1.15,
      spread: spread(p99.ours),
    },
    {
      bench,
      name: 'sustained deliveries a second, ours',
      value: median(most.ours),
      unit: '/s',
      ratio: false,
      atLeast: 1_000_000,
      spread: spread(most.ours),
    },
    {
      bench,
      name: 'sustained deliveries, of uws-json',
      value: medianRatio(most.ours, most['uws-json']),
      unit: '×',
      ratio: true,
      better: 'more',
    },
    { bench, name: 'lost, ours', value: lost, unit: '', ratio: false, atMost: 0 },
    {
      bench,
      name: 'sustained deliveries a second, uws-json',
      value: median(most['uws-json']),
      unit: '/s',
      ratio: false,
    },
    ...KINDS.flatMap((kind): Figure[] => [
      { bench, name: `CPU s a million at 100,000/s, ${kind}`, value: median(cpu[kind]), unit: 's', ratio: false },
      { bench, name: `Redis's CPU s a million there, ${kind}`, value: median(redis[kind]), unit: 's', ratio: false },
      { bench, name: `p99 there, ${kind}`, value: median(p99[kind]), unit: 'ms', ratio: false },
      {
        bench,
        name: `CPU of the load client when sustained, ${kind}`,
        value: median(client[kind]),
        unit: 'cores',
        ratio: false,
      },
    ]),
  ];
};
