import { join, resolve } from 'node:path';
import type { Config } from './config.js';
import { openCompose } from './engines/compose/open-compose.js';
import { layoutOf } from './engines/local/layout.js';
import { openLocal } from './engines/local/open-local.js';
import { Supervisor } from './engines/local/supervisor.js';
import { Journal } from './journal/journal.js';
import { CONDUCTOR_LOG } from './logs/log-tail.js';
import { lokiUrlOf } from './logs/loki-url.js';
import { RunDirectory, type Remembered } from './run-directory.js';
import type { Site } from './site.js';
import { readThresholds } from './vitals/thresholds.js';

/**
 * Composition root: the stack in a run directory on its engine. `settings` decides for a stack that is not up;
 * `source` is a build directory, relative to where the person stands; `say` is told what takes long.
 */
export const openSite = (
  config: Config,
  given: Remembered,
  source: string | undefined,
  say: (line: string) => void,
): Site => {
  const settings = withOwnLoki(given);
  const open = settings.stack.ENGINE === 'compose' ? openCompose : openLocal;
  const { logs } = layoutOf(config.checkout, config.runDir);
  const { THRESHOLDS: limits } = config.verb;
  const thresholds = limits === '' ? join(config.checkout, 'infra/thresholds.json') : resolve(limits);
  return {
    ...open(config, settings, say),
    run: new RunDirectory(config.runDir),
    journal: new Journal(join(logs, CONDUCTOR_LOG), lokiUrlOf(settings)),
    settings,
    verb: config.verb,
    thresholds: () => readThresholds(thresholds),
    source: source === undefined ? config.build : resolve(source),
  };
};

/** Whether the stack in a run directory is up, also where what it would be started with is missing. */
export const isStackUp = (config: Config, run: RunDirectory): Promise<boolean> => {
  const remembered = run.remembered();
  return remembered?.stack.ENGINE === 'compose'
    ? openCompose(config, remembered, () => {}).stack.isUp()
    : new Supervisor(layoutOf(config.checkout, config.runDir).socket).answers();
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
