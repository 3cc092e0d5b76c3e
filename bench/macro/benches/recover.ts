import type { Figure } from '../figure.js';
import type { Lab } from '../lab.js';
import { median, spread } from '../statistics.js';

const CLIENTS = 10_000;
const CHANNELS = 100;
const MISSED = 20;
const LIVE = { subscribers: 100, publishers: 4, channels: 10, pace: 100 };
const PATIENCE_S = 60;
const bench = 'recover';

/** Connections that broke off come back at once to two workers, each behind by so many publications, while others talk. */
export const recover = async (lab: Lab): Promise<readonly Figure[]> => {
  const [all, half, live]: [number[], number[], number[]] = [[], [], []];
  let lost = 0;
  for (let round = 0; round < lab.config.rounds; round += 1) {
    const cluster = await lab.cluster('ours', 2);
    const [crowd, others, missed] = [lab.client(cluster), lab.client(cluster), lab.client(cluster)];
    await crowd.connect(CLIENTS);
    await crowd.subscribe(CLIENTS, CHANNELS, 'storm:');
    await others.connect(LIVE.subscribers + LIVE.publishers);
    await others.subscribe(LIVE.subscribers, LIVE.channels, 'live:');
    await crowd.ask('drop');
    await missed.connect(2);
    await missed.ask(`channels ${CHANNELS} storm:`);
    await missed.ask(`fill ${MISSED}`);
    const { result } = await lab.measure(cluster, async () => {
      const talking = others.ask(`pace ${LIVE.pace} ${PATIENCE_S} ${LIVE.publishers}`);
      const back = await crowd.ask(`return ${CLIENTS} ${PATIENCE_S}`);
      others.halt();
      return { back, talk: await talking };
    });
    all.push(result.back.seconds);
    half.push(result.back.p50);
    live.push(result.talk.p99);
    const due = CLIENTS * MISSED;
    lost += result.back.lost + result.back.failed + Math.max(0, due - result.back.delivered);
    lost += result.talk.expected - result.talk.delivered;
    await lab.clear();
  }
  return [
    {
      bench,
      name: '10,000 back and caught up in',
      value: median(all),
      unit: 's',
      ratio: false,
      atMost: 5,
      spread: spread(all),
    },
    {
      bench,
      name: 'p99 of live traffic meanwhile',
      value: median(live),
      unit: 'ms',
      ratio: false,
      atMost: 250,
      spread: spread(live),
    },
    { bench, name: 'not caught up, or lost', value: lost, unit: '', ratio: false, atMost: 0 },
    { bench, name: 'half of them caught up in', value: median(half), unit: 'ms', ratio: false },
  ];
};
