/** Which worker this is. */
export type WorkerIdentity = Readonly<{
  color: string;
  /** Name within the color. */
  worker: string;
  release: string;
  /** Unique per process start. */
  workerId: string;
  startedAt: string;
}>;
