import type { Limits } from '../engines/engine.js';
import type { WorkerSettings } from '../worker-settings.js';
import type { CertificatePair } from '../tls/certificate.js';
import type { BusiestChannel } from '../worker-client.js';
import type { BuildSettings } from './build-settings.js';

/** What the rules judge: plain numbers, gathered before anything is done. Times in seconds. */
export type Facts = Readonly<{
  /** Undefined for a release that can't say: nothing of it is judged. */
  build: BuildSettings | undefined;
  limits: Limits;
  /** Workers of a color. */
  workers: number;
  /** Open connections of the stack. */
  connections: number;
  /** Of Redis and nginx those that do not run, of a stack that is up. */
  ended: readonly string[];
  /** Connections that a deploy moves a second. */
  moveRate: number;
  /** So long a deploy waits for them. */
  moveTimeout: number;
  /** Undefined when no worker runs, or none that says. */
  busiest: BusiestChannel | undefined;
  /** What is in `TLS_DIR`; undefined where that is not set. */
  certificate: CertificatePair | undefined;
  /** Settings of the workers that run and of those to come; undefined: none run. */
  keys: Readonly<{ before: WorkerSettings; after: WorkerSettings; mayBeReplaced: boolean }> | undefined;
  /** A way back must be open, whatever else is wrong. */
  isRollback: boolean;
}>;

/** The longest that a client waits before it connects again by itself, s: PROTOCOL.md [reconnect-1]. */
export const LARGEST_BACK_OFF = 30;

/** A clash is a reason to do nothing; a warning is told and lived with. */
export type Finding = Readonly<{ kind: 'clash' | 'warning'; words: string }>;
export type Rule = (facts: Facts) => Finding | undefined;
