/** How the client leaves: `wait` for the worker to close, `end` its side, or `reset` the connection. */
export type Leaving = 'wait' | 'end' | 'reset';

/** What one connection sends. The worker may end it at any time. */
export type FuzzInput = Readonly<{
  /** What it is of, for the count. */
  kind: string;
  /** Each leaves before the next one is written. */
  pieces: readonly Buffer[];
  leaving: Leaving;
}>;
