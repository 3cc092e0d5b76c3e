// What the cluster costs beside bare uWebSockets.js, each figure a ratio of one run. `make bench`; docs/PERFORMANCE.md has what
// each measures. Ends with 1 when a target is not met.
import { interrupted, runVerb, say } from '../verb.js';
import { echo } from './benches/echo.js';
import { fanout } from './benches/fanout.js';
import { idle } from './benches/idle.js';
import { latency } from './benches/latency.js';
import { publish } from './benches/publish.js';
import { recover } from './benches/recover.js';
import { start } from './benches/start.js';
import { readConfig, type BenchName } from './config.js';
import { verdictOf, type Figure } from './figure.js';
import { Lab } from './lab.js';
import { machine } from './machine.js';
import { RESULTS, root } from './places.js';
import { reportLines } from './report.js';
import { writeResult } from './result.js';

const WORK: Readonly<Record<BenchName, (lab: Lab) => Promise<readonly Figure[]>>> = {
  echo,
  fanout,
  publish,
  idle,
  latency,
  start,
  recover,
};

const interruption = interrupted();

await runVerb(async () => {
  const config = readConfig();
  const where = machine(root);
  const lab = new Lab(config);
  const figures: Figure[] = [];
  try {
    for (const name of config.only) {
      say(`${name} …`);
      figures.push(...(await Promise.race([WORK[name](lab), interruption])));
      await lab.clear();
    }
  } finally {
    await lab.close();
  }
  const { seconds, rounds, isQuick } = config;
  const result = { machine: where, seconds, rounds, isQuick, othersShare: lab.othersShare, figures };
  say('');
  for (const line of reportLines(result)) say(line);
  say(`Written to ${writeResult(RESULTS, result)}`);
  return figures.every((figure) => verdictOf(figure) !== 'not met') ? 0 : 1;
});
