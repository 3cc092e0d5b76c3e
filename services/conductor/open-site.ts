import { join, resolve } from 'node:path';
import type { Config } from './config.js';
import { layoutOf } from './engines/local/layout.js';
import { LocalEngine } from './engines/local/local-engine.js';
import { LocalStack } from './engines/local/local-stack.js';
import { NginxFiles } from './engines/local/nginx.js';
import { LocalParts } from './engines/local/parts/local-parts.js';
import { Supervisor } from './engines/local/supervisor.js';
import { findTools } from './engines/local/tools.js';
import { Journal } from './journal/journal.js';
import { CONDUCTOR_LOG } from './logs/log-tail.js';
import { lokiUrlOf } from './logs/loki-url.js';
import { DirectoryReleases } from './releases/releases.js';
import { RunDirectory, type Remembered } from './run-directory.js';
import type { Site } from './site.js';
import { readThresholds } from './vitals/thresholds.js';

/**
 * Composition root: the stack in a run directory on the local engine. `settings` decides for a stack that is not up;
 * `source` is a build directory, relative to where the person stands.
 */
export const openSite = (config: Config, given: Remembered, source: string | undefined): Site => {
  const settings = withOwnLoki(given);
  const layout = layoutOf(config.checkout, config.runDir);
  const tools = findTools(config.path);
  const supervisor = new Supervisor(layout.socket);
  const { THRESHOLDS: limits } = config.verb;
  const thresholds = limits === '' ? join(config.checkout, 'infra/thresholds.json') : resolve(limits);
  const nginx = new NginxFiles(layout, settings.stack, tools.nginx);
  const { build, cache } = config;
  const watching = new LocalParts({ layout, settings: settings.stack, path: tools.path, cache, build }, supervisor);
  return {
    engine: new LocalEngine(layout, settings.stack, supervisor, nginx),
    stack: new LocalStack(layout, settings.stack, supervisor, nginx, tools, watching),
    releases: new DirectoryReleases(layout.releases, config.checkout, settings.worker_environment),
    run: new RunDirectory(config.runDir),
    journal: new Journal(join(layout.logs, CONDUCTOR_LOG), lokiUrlOf(settings)),
    settings,
    verb: config.verb,
    thresholds: () => readThresholds(thresholds),
    source: source === undefined ? config.build : resolve(source),
  };
};

/**
 * Workers ship their lines to the Loki that was named, else to that of the stack: also before it runs, since it may be
 * built at any time.
 */
export const withOwnLoki = ({ stack, worker_environment: given }: Remembered): Remembered => {
  const own = stack.OBSERVABILITY === 'on' ? { LOKI_URL: `http://127.0.0.1:${stack.LOKI_PORT}` } : {};
  return { stack, worker_environment: { ...own, ...given } };
};

/** Later verbs take what runs; worker settings given with the verb go on top of it, and what was given empty is left out. */
export const settingsForVerb = (config: Config, run: RunDirectory): Remembered => {
  const remembered = run.remembered();
  const running = Object.entries(remembered?.worker_environment ?? {});
  const kept = Object.fromEntries(running.filter(([name]) => !config.forgotten.has(name)));
  return {
    stack: remembered?.stack ?? config.stack,
    worker_environment: { ...kept, ...config.workerEnvironment },
  };
};
