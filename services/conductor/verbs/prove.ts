import { setTimeout as sleep } from 'node:timers/promises';
import { now, timeOf } from '../../ledger/clock.js';
import type { CrowdFigures, CrowdOptions, Window } from '../../ledger/crowd/messages.js';
import { ledgerFileName } from '../../ledger/report.js';
import type { Options } from '../arguments.js';
import type { Environment } from '../config.js';
import { Failure } from '../failure.js';
import { fileLimit } from '../processes.js';
import { LoadProcess } from '../prove/load-process.js';
import { proofLines, proofOf, type Proof } from '../prove/proof.js';
import { deployWindows } from '../prove/windows.js';
import type { Report } from '../report.js';
import type { ProveSettings } from '../settings.js';
import { publicUrl, type Site } from '../site.js';
import { promote, rollback, type DeployResult } from './promote.js';

const PUBLISHERS = 5;
const SETTLE_MS = 15_000;
/** A client that moves has two sockets; nginx has two for each connection, and other processes for the old ones. */
const FILES_PER_CLIENT = 2;
const FILES_BESIDE = 200;

/** Options of the command line as the variables that they stand for. */
export const proveEnvironment = (environment: Environment, options: Options): Environment => {
  const given = ['clients', 'plain', 'channels', 'rate', 'steady'].flatMap((name): [string, string][] => {
    const value = options[name];
    return typeof value === 'string' ? [[name.toUpperCase(), value]] : [];
  });
  const strict = options['strict'] === true ? { STRICT: '1' } : {};
  return { ...environment, ...Object.fromEntries(given), ...strict };
};

/**
 * Clients listen and publish while the stack is promoted and rolled back, in phases, and their ledger decides. The load
 * runs in a process of its own. @throws {Failure} when it can't be begun; a deploy that failed is in the proof
 */
export const prove = async (
  site: Site,
  settings: ProveSettings,
  report: Report,
  signal: AbortSignal,
): Promise<Proof> => {
  requireFiles(settings.CLIENTS);
  if ((await site.engine.active()) === undefined || !(await site.stack.isUp())) {
    throw new Failure('the stack is not up: "make dev-up" starts it');
  }
  const options = crowdOptions(publicUrl(site).replace('http', 'ws'), settings);
  const load = await openLoad(options, report, signal);
  try {
    const phases = await runPhases(site, load, settings.STEADY, report, signal);
    const line = report.step('wait for the last deliveries, and count');
    const result = await load.finish(phases.windows, SETTLE_MS, signal);
    line.done('');
    const proof = proofOf({
      at: timeOf(now()),
      strict: settings.STRICT,
      crowd: options,
      promote: phases.promote,
      rollback: phases.rollback,
      result,
    });
    report.say(['', ...proofLines(proof), `The ledger: ${keep(site, proof)}`].join('\n'));
    return proof;
  } finally {
    load.kill();
  }
};

const requireFiles = (clients: number): void => {
  const needed = clients * FILES_PER_CLIENT + FILES_BESIDE;
  if (fileLimit() >= needed) return;
  throw new Failure(
    `CLIENTS=${clients} needs ${needed} open files in one process, and ${fileLimit()} are allowed here: "ulimit -n ${needed}" before "make dev-up" and "make prove"`,
    { exitCode: 2 },
  );
};

/** @throws {Failure} when there are to be more plain clients than clients */
export const crowdOptions = (url: string, { CLIENTS, PLAIN, CHANNELS, RATE }: ProveSettings): CrowdOptions => {
  const plain = PLAIN ?? Math.floor(CLIENTS / 2);
  if (plain > CLIENTS) throw new Failure(`PLAIN=${plain} are more than CLIENTS=${CLIENTS}`, { exitCode: 2 });
  const library = CLIENTS - plain;
  return {
    url,
    library,
    plain,
    publishers: PUBLISHERS,
    // One to which nobody listens would prove nothing.
    channels: Math.min(CHANNELS, Math.max(library, plain)),
    rate: RATE,
  };
};

const openLoad = async (options: CrowdOptions, report: Report, signal: AbortSignal): Promise<LoadProcess> => {
  const { library, plain, channels, rate } = options;
  report.say(
    `Prove: ${library} clients of the library and ${plain} plain ones, ${channels} channels, ${rate} messages/s`,
  );
  const line = report.step('open the clients');
  try {
    const load = await LoadProcess.open(options, signal, (open, total) => report.progress('clients open', open, total));
    line.done(`${library + plain}`);
    return load;
  } catch (error) {
    line.failed();
    throw error;
  }
};

type Phases = Readonly<{ promote: DeployResult; rollback: DeployResult | undefined; windows: readonly Window[] }>;

const runPhases = async (
  site: Site,
  load: LoadProcess,
  steadySeconds: number,
  report: Report,
  signal: AbortSignal,
): Promise<Phases> => {
  const windows: Window[] = [];
  const steady = async (): Promise<void> => {
    const line = report.step(`steady for ${steadySeconds} s`);
    const before = load.figures;
    const fromMs = now();
    await sleep(steadySeconds * 1_000, undefined, { signal }).catch(() => line.failed());
    signal.throwIfAborted();
    windows.push({ phase: 'steady', name: 'steady', fromMs, toMs: now() });
    line.done(trafficWords(before, load.figures, steadySeconds));
  };
  const deploy = async (name: string, work: () => Promise<DeployResult>): Promise<DeployResult> => {
    const before = load.figures;
    const fromMs = now();
    const result = await work();
    windows.push(...deployWindows(name, fromMs, now(), result));
    report.say(`  ${name}: ${trafficWords(before, load.figures, (now() - fromMs) / 1_000)}`);
    return result;
  };
  await steady();
  const promoted = await deploy('promote', () => promote(site, undefined, false, report, signal));
  if (promoted.outcome !== 'done') return { promote: promoted, rollback: undefined, windows };
  await steady();
  const back = await deploy('rollback', () => rollback(site, report, signal));
  if (back.outcome === 'done') await steady();
  return { promote: promoted, rollback: back, windows };
};

/** Over `seconds`. Delivery times are not in it: the tables have them. */
export const trafficWords = (
  before: CrowdFigures | undefined,
  after: CrowdFigures | undefined,
  seconds: number,
): string => {
  if (after === undefined) return '';
  const delivered = Math.round((after.delivered - (before?.delivered ?? 0)) / seconds);
  const away = after.away.library - (before?.away.library ?? 0);
  const plainAway = after.away.plain - (before?.away.plain ?? 0);
  return `${delivered.toLocaleString('en-US')} deliveries/s; away: library ${away}, plain ${plainAway}`;
};

/** Into the run directory; returns the file. */
const keep = (site: Site, proof: Proof): string => {
  const release = proof.promote.deploys.at(-1)?.release ?? 'none';
  const name = `ledger/prove-${ledgerFileName({ endedAt: proof.at }, release)}`;
  site.run.write(name, `${JSON.stringify(proof, null, 2)}\n`);
  return site.run.file(name);
};
