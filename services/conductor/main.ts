import { parseColor, parseCommand, type Options } from './arguments.js';
import { processEnvironment, readConfig, readProveSettings, type Config } from './config.js';
import { chooseEngine, whyLocal } from './engines/choose-engine.js';
import { layoutOf } from './engines/local/layout.js';
import { findTools } from './engines/local/tools.js';
import { exclusively, type Exclusive } from './exclusive.js';
import { failureOf } from './failure.js';
import { writeVerb } from './journal/verb-lines.js';
import { isStackUp, openSite, settingsForVerb } from './open-site.js';
import { TextReport } from './report.js';
import { RunDirectory } from './run-directory.js';
import type { StackSettings } from './settings.js';
import type { Site } from './site.js';
import { chooseRunUser } from './verbs/choose-run-user.js';
import { doctor } from './verbs/doctor.js';
import { down } from './verbs/down.js';
import { logs, type LogPlaces } from './logs/logs.js';
import { testLoki } from './logs/test-loki.js';
import { lokiUrlOf } from './logs/loki-url.js';
import { metricsText } from './verbs/metrics.js';
import { monitor } from './verbs/monitor.js';
import { describePublished, messageFrom, publish } from './verbs/publish.js';
import { followTask, orderFrom, startTask } from './verbs/task.js';
import { promote, rollback, type DeployResult } from './verbs/promote.js';
import { prove, proveEnvironment } from './verbs/prove.js';
import { reloadCerts } from './verbs/reload-certs.js';
import { describeStatus } from './verbs/health.js';
import { readStatus } from './verbs/status.js';
import type { Verb } from './verb-specs.js';
import { meaninglessSettings, unusedSettings, type Wanted } from './verbs/unused-settings.js';
import { choosePublicPorts, smoke, up } from './verbs/up.js';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const runVerb = async (verb: Verb, operand: string | undefined, options: Options): Promise<number> => {
  const config = readConfig(processEnvironment());
  const run = new RunDirectory(config.runDir);
  const report = new TextReport(
    options['json'] === true ? process.stderr : process.stdout,
    processEnvironment()['TERM'],
  );
  const site = (): Site => openSite(config, settingsForVerb(config, run), text(options['source']), sayOn(report));
  const locked = <T>(
    withoutDirectory: Exclusive['withoutDirectory'],
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const { releases } = layoutOf(config.checkout, config.runDir);
    const keepLedgers = config.verb.KEEP_LEDGERS;
    return exclusively(run, releases, { verb, withoutDirectory, keepLedgers }, report, work);
  };
  /** A deploy takes worker settings from the environment, but no stack settings: what was given in vain is told. */
  const deploying = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    locked('fail', (signal) => {
      for (const line of [...config.unknown, ...unusedSettings(run.remembered(), wantedStack(config))])
        report.say(line);
      return work(signal);
    });
  const finish = (result: DeployResult): number => {
    if (options['json'] === true) print(JSON.stringify(result, null, 2));
    return result.outcome === 'failed' ? 1 : 0;
  };
  switch (verb) {
    case 'up':
      await locked('make', async (signal) => {
        for (const line of config.unknown) report.say(line);
        const raised = await siteForUp(config, run, report, options);
        await writeVerb(raised.journal, 'up', report, (noted) => up(raised, wantedOf(config), noted, signal));
      });
      return 0;
    case 'down':
      await locked('go-on', async () => {
        const lowered = site();
        // There may be no run directory, and none is made for this.
        if (!run.exists()) await down(lowered, report);
        else await writeVerb(lowered.journal, 'down', report, (noted) => down(lowered, noted));
      });
      return 0;
    case 'promote': {
      const force = options['force'] === true || config.verb.FORCE;
      const wish = parseColor(operand);
      return finish(await deploying((signal) => promote(site(), wish, force, report, signal)));
    }
    case 'rollback':
      return finish(await deploying((signal) => rollback(site(), report, signal)));
    case 'prove': {
      const settings = readProveSettings(proveEnvironment(processEnvironment(), options));
      const proof = await deploying((signal) => prove(site(), settings, report, signal));
      if (options['json'] === true) print(JSON.stringify(proof, null, 2));
      return proof.proven ? 0 : 1;
    }
    case 'status': {
      const status = await readStatus(site());
      print(options['json'] === true ? JSON.stringify(status, null, 2) : describeStatus(status));
      return status.well ? 0 : 1;
    }
    case 'reload-certs':
      await locked('fail', () => reloadCerts(site(), report));
      return 0;
    case 'smoke':
      await smoke(site(), report);
      return 0;
    case 'logs':
      await logs(logPlaces(config, run), options, config.logFilters);
      return 0;
    case 'publish': {
      const published = await publish(site(), messageFrom(options, processEnvironment()));
      print(options['json'] === true ? JSON.stringify(published) : describePublished(published));
      return 0;
    }
    case 'task': {
      const order = orderFrom(options, processEnvironment());
      const id = await startTask(site(), order);
      print(id);
      return !order.wait || (await followTask(site(), id, print)) ? 0 : 1;
    }
    case 'test-loki':
      await testLoki(site(), report);
      return 0;
    case 'monitor':
      await monitor(site(), layoutOf(config.checkout, config.runDir).logs, operand, options, processEnvironment());
      return 0;
    case 'metrics':
      print(await metricsText(site()));
      return 0;
    case 'doctor':
      return doctor(
        config,
        {
          running: (await isStackUp(config, run)) ? run.remembered()?.stack : undefined,
          whyLocal: await whyLocal(config),
        },
        print,
      );
  }
  return verb satisfies never;
};

/** A running stack keeps the settings it was started with; one that is down gets those of the environment. */
const siteForUp = async (config: Config, run: RunDirectory, report: TextReport, options: Options): Promise<Site> => {
  const source = text(options['source']);
  const say = sayOn(report);
  if (await isStackUp(config, run))
    return openSite(config, run.remembered() ?? settingsForVerb(config, run), source, say);
  const engine = await chooseEngine(config, report);
  const settled = engine === 'local' ? await settleLocally(config, report) : config.stack;
  const stack = { ...settled, ENGINE: engine };
  for (const line of meaninglessSettings(stack, config.given)) say(line);
  const settings = { stack, worker_environment: { ...config.workerEnvironment } };
  return openSite(config, settings, source, say);
};

/** What depends on what this machine lets its user do. */
const settleLocally = async (config: Config, report: TextReport): Promise<StackSettings> => {
  const ported = await choosePublicPorts(config.stack, config.given, report);
  const binaries = [process.execPath, findTools(config.path).redisServer];
  return chooseRunUser(ported, config.runDir, binaries, report);
};

const sayOn =
  (report: TextReport) =>
  (line: string): void =>
    report.say(line);

const wantedOf = (config: Config): Wanted => ({ ...config.workerEnvironment, ...wantedStack(config) });

const wantedStack = ({ stack, given }: Config): Wanted =>
  Object.fromEntries(Object.entries(stack).filter(([name]) => given.has(name)));

const logPlaces = (config: Config, run: RunDirectory): LogPlaces => ({
  folder: layoutOf(config.checkout, config.runDir).logs,
  lokiUrl: lokiUrlOf(settingsForVerb(config, run)),
});

const main = async (): Promise<number> => {
  // Another user than this one runs what is in a run directory; secrets are written with modes of their own.
  process.umask(0o022);
  // A reader that went away (`logs | head`) must not stop a deploy half-way.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const command = parseCommand(process.argv.slice(2));
  if (command.kind !== 'verb') {
    print(command.text);
    return 0;
  }
  // A request that is never settled leaves Node nothing to wait for, its timeout neither: it would end in the midst of a deploy.
  const alive = setInterval(() => {}, 60_000);
  try {
    return await runVerb(command.verb, command.operand, command.options);
  } finally {
    clearInterval(alive);
  }
};

try {
  process.exitCode = await main();
} catch (error) {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  process.stderr.write(`${failure.message}\n`);
  process.exitCode = failure.exitCode;
}
