import type { Figure } from '../figure.js';
import type { Lab } from '../lab.js';
import { median, medianRatio, spread } from '../statistics.js';

const CONNECTIONS = 500;
const KINDS = ['uws-raw', 'uws-json', 'ours'] as const;
const bench = 'echo';

/** `system.ping` and its `system.pong`, each client with one under way. */
export const echo = async (lab: Lab): Promise<readonly Figure[]> => {
  const { rounds, seconds } = lab.config;
  const cpu: Record<(typeof KINDS)[number], number[]> = { 'uws-raw': [], 'uws-json': [], ours: [] };
  const rate: typeof cpu = { 'uws-raw': [], 'uws-json': [], ours: [] };
  const sides = [];
  for (const kind of KINDS) {
    const cluster = await lab.cluster(kind, 1);
    const client = lab.client(cluster);
    await client.connect(CONNECTIONS);
    await client.ask('loop ping 1');
    sides.push({ kind, cluster, client });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { kind, cluster, client } of sides) {
      const { result, serverCpu } = await lab.measure(cluster, () => client.ask(`loop ping ${seconds}`));
      cpu[kind].push((serverCpu / result.answered) * 1e6);
      rate[kind].push(result.answered / result.seconds);
    }
  }
  return [
    {
      bench,
      name: 'CPU a message, of uws-json',
      value: medianRatio(cpu.ours, cpu['uws-json']),
      unit: '×',
      ratio: true,
      atMost: 1.25,
      spread: spread(cpu.ours),
    },
    ...KINDS.flatMap((kind): Figure[] => [
      {
        bench,
        name: `CPU s a million, ${kind}`,
        value: median(cpu[kind]),
        unit: 's',
        ratio: false,
        spread: spread(cpu[kind]),
      },
      {
        bench,
        name: `messages a second, ${kind}`,
        value: median(rate[kind]),
        unit: '/s',
        ratio: false,
        spread: spread(rate[kind]),
      },
    ]),
  ];
};
