import { z } from 'zod';
import { endOf, readFrom } from '../engines/local/log-files.js';
import { lockHolder } from '../lock.js';
import type { RunDirectory } from '../run-directory.js';

/** A verb that changes the stack right now. */
export type Work = Readonly<{
  verb: string;
  pid: number;
  since: string;
  /** The step that its log tells last; null where there is none. */
  step: string | null;
}>;

const Event = z.object({ timestamp: z.string(), event: z.string(), step: z.string().optional() });
const LOG = ['logs', 'conductor.log'] as const;
/** Holds all lines of one deploy. */
const LAST_BYTES = 64 * 1_024;

/** Who holds the lock of the run directory, and where the conductor's log says that it is. */
export const workOn = (run: RunDirectory): Work | undefined => {
  const holder = lockHolder(run.file('lock'));
  return holder === undefined ? undefined : { ...holder, step: lastStep(run.file(...LOG), Date.parse(holder.since)) };
};

const lastStep = (file: string, since: number): string | null => {
  const lines = readFrom(file, Math.max(0, endOf(file) - LAST_BYTES)).split('\n');
  const steps = lines.flatMap((line) => {
    const told = readEvent(line);
    return told?.step === undefined || Date.parse(told.timestamp) < since ? [] : [told.step];
  });
  return steps.at(-1) ?? null;
};

const readEvent = (line: string): z.infer<typeof Event> | undefined => {
  try {
    return Event.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};
