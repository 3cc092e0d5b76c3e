import type { Figure } from '../figure.js';
import type { Lab } from '../lab.js';
import { median, medianRatio, spread } from '../statistics.js';

const CONNECTIONS = 500;
const CHANNELS = 100;
const bench = 'publish';
/** 25,000 accepted publishes a second beside 63,000 echoes of uws-json. */
const SHARE_OF_ECHOES = 25_000 / 63_000;

/** Accepted publishes, each client with one under way, beside the echoes of uws-json in the same round. */
export const publish = async (lab: Lab): Promise<readonly Figure[]> => {
  const { rounds, seconds } = lab.config;
  const [baseline, ours] = [await lab.cluster('uws-json', 1), await lab.cluster('ours', 1)];
  const [echoing, publishing] = [lab.client(baseline), lab.client(ours)];
  await Promise.all([echoing.connect(CONNECTIONS), publishing.connect(CONNECTIONS)]);
  await publishing.ask(`channels ${CHANNELS} publish:`);
  await echoing.ask('loop ping 1');
  await publishing.ask('loop publish 1');
  const echoes = { rate: [] as number[], cpu: [] as number[] };
  const publishes = { rate: [] as number[], cpu: [] as number[], redis: [] as number[], p99: [] as number[] };
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) {
    const echoed = await lab.measure(baseline, () => echoing.ask(`loop ping ${seconds}`));
    echoes.rate.push(echoed.result.answered / echoed.result.seconds);
    echoes.cpu.push((echoed.serverCpu / echoed.result.answered) * 1e6);
    const published = await lab.measure(ours, () => publishing.ask(`loop publish ${seconds}`));
    const { answered, seconds: took } = published.result;
    publishes.rate.push(answered / took);
    publishes.cpu.push((published.serverCpu / answered) * 1e6);
    publishes.redis.push((published.redisCpu / answered) * 1e6);
    publishes.p99.push(published.result.p99);
    refused += published.result.refused + published.result.lost;
  }
  return [
    {
      bench,
      name: 'accepted publishes, of uws-json echoes',
      value: medianRatio(publishes.rate, echoes.rate),
      unit: '×',
      ratio: true,
      atLeast: SHARE_OF_ECHOES,
      spread: spread(publishes.rate),
    },
    {
      bench,
      name: 'CPU of the worker, of a uws-json echo',
      value: medianRatio(publishes.cpu, echoes.cpu),
      unit: '×',
      ratio: true,
      atMost: 3,
      spread: spread(publishes.cpu),
    },
    { bench, name: 'refused or unanswered', value: refused, unit: '', ratio: false, atMost: 0 },
    { bench, name: 'accepted publishes a second', value: median(publishes.rate), unit: '/s', ratio: false },
    { bench, name: 'echoes a second, uws-json', value: median(echoes.rate), unit: '/s', ratio: false },
    { bench, name: 'CPU s of the worker a million', value: median(publishes.cpu), unit: 's', ratio: false },
    { bench, name: "Redis's CPU s a million", value: median(publishes.redis), unit: 's', ratio: false },
    { bench, name: 'CPU s of uws-json a million echoes', value: median(echoes.cpu), unit: 's', ratio: false },
    { bench, name: 'p99 of an ack', value: median(publishes.p99), unit: 'ms', ratio: false },
  ];
};
