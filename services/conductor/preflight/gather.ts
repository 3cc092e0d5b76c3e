import type { ReleaseChoice } from '../deploy/plan.js';
import { COLORS, endedOf } from '../engines/engine.js';
import type { Remembered } from '../run-directory.js';
import { speaksTls, type StackSettings } from '../settings.js';
import { clientOf, runningWorkers, type Site } from '../site.js';
import { readCertificatePair, type CertificatePair } from '../tls/certificate.js';
import type { BusiestChannel, WorkerStatus } from '../worker-client.js';
import { readBuildSettings } from './build-settings.js';
import type { Facts } from './facts.js';

/** Reads the build, asks the machinery and every worker that runs. @throws {Failure} for a setting that is wrong by itself */
export const gatherFacts = async (site: Site, choice: ReleaseChoice): Promise<Facts> => {
  const folder = choice.kind === 'build' ? choice.source : site.releases.buildOf(choice.id);
  const isUp = await site.stack.isUp();
  const states = isUp ? await askWorkers(site) : [];
  const running = isUp ? site.run.remembered()?.worker_environment : undefined;
  return {
    build: readBuildSettings(folder, settingsEnvironment(site.settings)),
    limits: await site.engine.limits(),
    workers: site.settings.stack.WORKERS,
    connections: states.reduce((sum, { connections }) => sum + connections, 0),
    ended: isUp ? endedOf(await site.stack.parts()) : [],
    moveRate: site.verb.DRAIN_RATE,
    moveTimeout: site.verb.DRAIN_TIMEOUT,
    busiest: busiestOf(states.map(({ busiest_channel: busiest }) => busiest)),
    certificate: certificateOf(site.settings.stack),
    keys: running && {
      before: running,
      after: site.settings.worker_environment,
      mayBeReplaced: site.verb.REPLACE_KEYS,
    },
    isRollback: choice.kind !== 'build',
  };
};

/** Settings as a worker of this stack would find them in its environment. */
export const settingsEnvironment = ({ stack, worker_environment: given }: Remembered): Record<string, string> => ({
  ...given,
  GRACEFUL_SHUTDOWN_TIMEOUT: String(stack.GRACEFUL_SHUTDOWN_TIMEOUT),
});

export const certificateOf = (stack: StackSettings): CertificatePair | undefined =>
  speaksTls(stack) ? readCertificatePair(stack.TLS_DIR, new Date()) : undefined;

/** One that does not answer now is being restarted, and holds nothing. */
const askWorkers = async (site: Site): Promise<readonly WorkerStatus[]> => {
  const workers = await Promise.all(COLORS.map((color) => runningWorkers(site, color)));
  const states = await Promise.allSettled(workers.flat().map((worker) => clientOf(site, worker).status()));
  return states.flatMap((state) => (state.status === 'fulfilled' ? [state.value] : []));
};

const busiestOf = (all: readonly (BusiestChannel | undefined)[]): BusiestChannel | undefined => {
  const known = all.filter((busiest) => busiest !== undefined);
  const [most] = known.toSorted((one, other) => other.per_second - one.per_second);
  return most && { ...most, bytes_per_second: Math.max(...known.map(({ bytes_per_second: bytes }) => bytes)) };
};
