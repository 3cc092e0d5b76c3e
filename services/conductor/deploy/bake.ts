import type { Color } from '../engines/engine.js';
import type { Site } from '../site.js';
import { until } from '../waiting.js';
import { TroubleWatch } from './trouble.js';

export type BakeOptions = Readonly<{
  seconds: number;
  /** Asked at each look. Throws when the deploy must be taken back. */
  look: () => Promise<unknown>;
  signal: AbortSignal;
  onProgress: (seconds: number) => void;
}>;

/** Closer together than the guard judges, so that it is never late by as much as a window of the figures. */
const LOOK_EVERY_MS = 100;

/** Watches a color for some time. @throws {Failure} when `look` does, or a worker is out of order for a second */
export const bake = async (
  site: Site,
  color: Color,
  { seconds, look, signal, onProgress }: BakeOptions,
): Promise<void> => {
  const beganAt = performance.now();
  const trouble = new TroubleWatch(site, color);
  await until(
    seconds * 1_000,
    async () => {
      await look();
      await trouble.look();
      onProgress(Math.min(seconds, (performance.now() - beganAt) / 1_000));
      return undefined;
    },
    { everyMs: LOOK_EVERY_MS, signal },
  );
};
