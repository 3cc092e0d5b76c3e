// Where the CPU of a worker goes: a flame graph of each bench, and its dearest functions. `make bench-flames`; docs/PERFORMANCE.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableLines } from '../../services/ledger/table.js';
import type { BenchName } from '../macro/config.js';
import { machine } from '../macro/machine.js';
import { dist, root } from '../macro/places.js';
import { runVerb, say } from '../verb.js';
import { readConfig, type FlamesConfig } from './config.js';
import { flameOf } from './flame.js';
import { dearest, readProfiles, type Frame } from './profile.js';

const DEAREST = 15;
/** A target that is not met under a profiler is none of ours. */
const NOT_MET = 1;

/** One short round of a bench with a profiler in each server; what ours did, of all of them. @throws {Error} when it could not be run */
const profiled = (bench: BenchName, folder: string, { seconds, environment }: FlamesConfig): Frame => {
  const profiles = join(folder, bench);
  const { status } = spawnSync(process.execPath, [join(dist, 'bench/macro/main.js')], {
    env: { ...environment, ONLY: bench, QUICK: '1', SECONDS: String(seconds), PROFILE: profiles },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0 && status !== NOT_MET) throw new Error(`${bench} could not be run`);
  return readProfiles(readdirSync(join(profiles, 'ours')).map((name) => join(profiles, 'ours', name)));
};

await runVerb(() => {
  const config = readConfig();
  const { processor, cores, node, date, revision } = machine(root);
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-flames-'));
  mkdirSync(config.folder, { recursive: true });
  try {
    for (const bench of config.only) {
      say(`${bench} …`);
      const all = profiled(bench, folder, config);
      const where = `${cores} × ${processor}, Node ${node}, ${date.slice(0, 10)}, ${revision}`;
      writeFileSync(join(config.folder, `${bench}.svg`), flameOf(all, `${bench}: CPU of our workers (${where})`));
      const rows = dearest(all, DEAREST).map(({ name, place, share }) => [
        name,
        `${(share * 100).toFixed(1)} %`,
        place,
      ]);
      for (const line of tableLines([bench, 'itself', ''], rows)) say(line);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(`Written to ${config.folder}`);
  return Promise.resolve(0);
});
