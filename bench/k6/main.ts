// The same users of k6, through the same nginx, on two of our workers and on two bare ones of uWebSockets.js: what a user waits
// for. `make bench-k6`; docs/PERFORMANCE.md has what is compared.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findK6 } from '../../loadtest/runner/k6.js';
import { numeral, tableLines } from '../../services/ledger/table.js';
import { searchPath } from '../config.js';
import { Lab } from '../macro/lab.js';
import { machine } from '../macro/machine.js';
import { RESULTS, root } from '../macro/places.js';
import { shown } from '../macro/report.js';
import { interruption, runVerb, say } from '../verb.js';
import { readConfig, type K6BenchConfig } from './config.js';
import { judge, ROWS, type Compared, type Round } from './judgement.js';
import { load } from './measure.js';

const rounds = async (config: K6BenchConfig, folder: string): Promise<readonly Round[]> => {
  const k6 = findK6(searchPath(), config.bench.cache);
  if (k6 === undefined) throw new Error('k6 1.8 or a newer 1.x is needed: "make setup-loadtest" gets it');
  const lab = new Lab(config.bench);
  const signal = interruption();
  const all: Round[] = [];
  try {
    for (let number = 1; number <= config.rounds; number += 1) {
      say(`Round ${number} of ${config.rounds}: uws-json, then ours, ${config.seconds} s each …`);
      const bare = await load(lab, 'uws-json', k6, join(folder, `${number}-uws-json`), config, signal);
      const ours = await load(lab, 'ours', k6, join(folder, `${number}-ours`), config, signal);
      all.push({ bare, ours });
    }
    return all;
  } finally {
    await lab.close();
  }
};

const cells = ({ row, bare, ours, ratio }: Compared): readonly string[] => {
  const { unit } = ROWS[row];
  return [row, shown(bare, unit), shown(ours, unit), ratio === undefined ? '' : shown(ratio, '×')];
};

await runVerb(async () => {
  const config = readConfig();
  const where = machine(root);
  const folder = join(RESULTS, `k6-${where.date.replaceAll(':', '-').slice(0, 19)}`);
  mkdirSync(folder, { recursive: true });
  const measured = await rounds(config, folder);
  const { sockets, rate, seconds } = config;
  writeFileSync(
    join(folder, 'k6.json'),
    `${JSON.stringify({ machine: where, sockets, rate, seconds, rounds: measured }, null, 2)}\n`,
  );
  say(
    `${where.cores} × ${where.processor}, Node ${where.node}, ${where.date}, revision ${where.revision || 'unknown'}`,
  );
  say(
    `${numeral(sockets)} users, ${numeral(rate)} messages/s, ${seconds} s, two workers and k6 on this machine, through nginx`,
  );
  const { rows, failures } = judge(measured);
  for (const line of tableLines(['', 'uws-json', 'ours', ''], rows.map(cells))) say(line);
  for (const failure of failures) say(`NOT MET: ${failure}`);
  say(`Written to ${folder}`);
  return failures.length === 0 ? 0 : 1;
});
