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
  /** Connections moved in the last second. */
  rate?: number;
  /** Why it waits, or what fell short of a deploy that is done, in words. */
  note?: string;
  /** Why it failed, in words: from the moment when it is taken back. */
  cause?: string;
  acked?: number;
  lost?: number;
}>;

/** A worker that takes longer to listen is not told, ms. */
export const NOTICE_MS = 150;

/** A note or a cause is cut at so many columns: workers take no more than 2,000 characters. */
export const WORDS_COLUMNS = 300;
