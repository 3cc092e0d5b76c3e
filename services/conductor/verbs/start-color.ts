import { awaitLanding } from '../deploy/landing.js';
import { awaitReady } from '../deploy/readiness.js';
import type { Color } from '../engines/engine.js';
import { Failure } from '../failure.js';
import type { Report } from '../report.js';
import { workerEnvironment, type Site } from '../site.js';
import { step } from './step.js';

/** Starts a color from a release, and returns when clients reach it. @throws {Failure} */
export const startColor = async (
  site: Site,
  color: Color,
  releaseId: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> => {
  const release = await site.releases.find(releaseId);
  if (release === undefined) throw new Failure(`the release ${releaseId} is no longer there`);
  await step(report, `start ${color}`, () => site.engine.start(color, release, workerEnvironment(site)));
  await awaitServing(site, color, release.id, report, signal);
};

/** Until every worker of `color` is ready, and clients reach it. @throws {Failure} */
export const awaitServing = async (
  site: Site,
  color: Color,
  releaseId: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> => {
  await step(report, `${color} ready`, () => awaitReady(site, color, releaseId, signal));
  await step(report, 'reachable through nginx', () => awaitLanding(site, color, signal));
};
