// How cost grows with workers, connections, channels and sizes, beside bare uWebSockets.js. `make bench-growth`; docs/PERFORMANCE.md
// has what each point is.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableLines } from '../../services/ledger/table.js';
import { Lab } from '../macro/lab.js';
import { machine } from '../macro/machine.js';
import { RESULTS, root } from '../macro/places.js';
import { busyLines, shown } from '../macro/report.js';
import { interrupted, runVerb, say } from '../verb.js';
import { readConfig, type GrowthConfig } from './config.js';
import { measure } from './measure.js';
import { plotOf } from './plot.js';
import { KINDS, readGrowth, type Growth, type GrowthResult, type Point } from './result.js';
import { SERIES, type Series } from './series.js';

const interruption = interrupted();

const grow = async (lab: Lab, { name, title, points }: Series): Promise<Growth> => {
  say(`${title} …`);
  const found: Record<(typeof KINDS)[number], Point[]> = { ours: [], 'uws-json': [] };
  for (const { x, step } of points) {
    for (const kind of KINDS) found[kind].push(await Promise.race([measure(lab, kind, step, x), interruption]));
  }
  const row = (kind: (typeof KINDS)[number], point: Point): readonly string[] => [
    point.x.toLocaleString('en-US'),
    kind,
    shown(point.cpu, 's'),
    shown(point.redis, 's'),
    shown(point.p50, 'ms'),
    shown(point.p99, 'ms'),
    shown(point.sustained, '/s'),
    shown(point.memory, 'KiB'),
    shown(point.lost, ''),
  ];
  const head = [name, '', 'CPU a million', "Redis's", 'p50', 'p99', 'sustained', 'a connection', 'lost'];
  const rows = points.flatMap((_, at) =>
    KINDS.flatMap((kind) => found[kind].slice(at, at + 1).map((point) => row(kind, point))),
  );
  for (const line of tableLines(head, rows)) say(line);
  return { name, ...found };
};

const run = async ({ bench, only }: GrowthConfig): Promise<GrowthResult> => {
  const lab = new Lab(bench);
  const where = machine(root);
  try {
    const growths: Growth[] = [];
    for (const series of SERIES.filter(({ name }) => only.includes(name))) growths.push(await grow(lab, series));
    return { machine: where, seconds: bench.seconds, othersShare: lab.othersShare, growths };
  } finally {
    await lab.close();
  }
};

await runVerb(async () => {
  const config = readConfig();
  const result = config.from === undefined ? await run(config) : readGrowth(config.from);
  const folder = config.plots ?? join(RESULTS, 'growth');
  mkdirSync(folder, { recursive: true });
  if (config.from === undefined) writeFileSync(join(folder, 'growth.json'), `${JSON.stringify(result, null, 2)}\n`);
  for (const growth of result.growths) writeFileSync(join(folder, `${growth.name}.svg`), plotOf(growth));
  for (const line of busyLines(result)) say(line);
  say(`Written to ${folder}`);
  return result.growths.every(({ ours }) => ours.every(({ lost }) => lost === 0)) ? 0 : 1;
});
