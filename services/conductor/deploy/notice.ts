import type { StepName } from './plan.js';

export type DeployState = 'running' | 'done' | 'rolled_back' | 'failed';

/** What workers are told of a deploy, for their admin pages. */
export type DeployNotice = Readonly<{
  verb: 'promote' | 'rollback';
  from: string;
  to: string;
  release: string | null;
  /** The step that runs, or ran last. */
  step: StepName;
  state: DeployState;
  at: string;
  moved?: number;
  left?: number;
  acked?: number;
  lost?: number;
}>;

/** A worker that takes longer to listen is not told, ms. */
export const NOTICE_MS = 150;
