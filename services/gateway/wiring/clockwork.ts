import type { Config } from '../config/settings.js';
import { BackgroundWatch } from '../lifecycle/background-watch.js';
import type { Logger } from '../observability/logger.js';
import type { Parts } from './parts.js';

/** What runs by itself from a worker's start to its stop, besides its hub, presence and cluster: and a watch over all of it. */
export const createClockwork = (config: Config, parts: Parts, logger: Logger) => {
  const { hub, cluster, streams, verifier, presence, observation } = parts;
  const alone = [...Object.values(parts.wheels), parts.places, parts.leavings, parts.revocations, parts.offenders];
  const background = new BackgroundWatch(
    [...alone, presence].map(({ loop }) => loop).concat(hub.loops, cluster.loops, streams.loops, verifier.loops),
    config.TASK_RESTART_INTERVAL * 1000,
    {
      restarted: (task, error) => {
        observation.metrics.backgroundRestarted(task);
        logger.error({ event: 'background_restarted', task, error }, 'Background task had died and was started again');
      },
    },
  );
  return [background, ...alone, streams, observation, verifier];
};
