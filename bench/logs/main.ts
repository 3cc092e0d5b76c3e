// What a log line costs, with and without Loki, and what becomes of the lines: `make bench-logs`. It ends by itself, takes
// about two minutes, and needs nothing that runs.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Latencies } from '../load/latencies.js';
import { deliveryWith } from './delivery.js';
import { Cost, LINES } from './lines.js';
import { Sink, type SinkMood } from './sink.js';
import { WAYS, type Way } from './ways.js';

const PROGRAM = fileURLToPath(new URL('lines.js', import.meta.url));
const MOODS: readonly SinkMood[] = ['well', 'fails once', 'away', 'hangs'];
const WRITTEN = LINES * 1.1;
const ROUNDS = 3;
const run = promisify(execFile);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

const costOf = async (way: Way, mood: SinkMood): Promise<Readonly<{ cost: Cost; arrived: number }>> => {
  const sink = await Sink.listen(mood);
  const { url } = sink;
  if (mood === 'away') sink.close();
  try {
    const { stdout } = await run(process.execPath, [PROGRAM, way, url]);
    return { cost: Cost.parse(JSON.parse(stdout)), arrived: sink.lines };
  } finally {
    sink.close();
  }
};

const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index < 2 ? cell.padEnd(index === 0 ? 22 : 11) : cell.padStart(11))).join(' ');

const lines = async (): Promise<void> => {
  print(`${WRITTEN} lines of a deploy, ${LINES} of them measured, 4,000 a second; a process for each row`);
  print(row(['shipping', 'Loki', 'loop µs', 'CPU µs', 'pause ms', 'memory MB', 'arrived', 'dropped']));
  for (const way of WAYS) {
    for (const mood of way === 'off' ? MOODS.slice(0, 1) : MOODS) {
      const { cost, arrived } = await costOf(way, mood);
      const { loopUs, cpuUs, pauseMs, memoryMb, counts } = cost;
      const figures = [loopUs, cpuUs, pauseMs].map((figure) => figure.toFixed(1));
      const dropped = way === 'off' ? '' : (counts?.dropped.toString() ?? 'not told');
      print(row([way, way === 'off' ? '' : mood, ...figures, memoryMb.toFixed(0), `${arrived}`, dropped]));
    }
  }
};

const deliveries = async (): Promise<void> => {
  print(`\nDelivery by a worker that logs each of 500 messages a second to 50 readers, ${ROUNDS} rounds of each`);
  const cases: readonly (readonly [string, SinkMood | undefined, Latencies])[] = [
    ['off', undefined, new Latencies()],
    ['on', 'well', new Latencies()],
    ['Loki away', 'away', new Latencies()],
    ['Loki hangs', 'hangs', new Latencies()],
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [, mood, measured] of cases) measured.addAll(await deliveryWith(mood));
  }
  const base = cases[0]?.[2].percentile(0.99) ?? Number.NaN;
  print(row(['shipping', '', 'deliveries', 'p50 ms', 'p99 ms', 'p99 ratio']));
  for (const [name, , measured] of cases) {
    const [p50, p99] = [measured.percentile(0.5), measured.percentile(0.99)];
    print(row([name, '', `${measured.count}`, p50.toFixed(2), p99.toFixed(2), (p99 / base).toFixed(2)]));
  }
};

await lines();
await deliveries();
