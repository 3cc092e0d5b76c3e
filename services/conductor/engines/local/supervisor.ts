import { z } from 'zod';
import { Failure } from '../../failure.js';
import { holdsWithin } from '../../waiting.js';
import type { Part } from '../engine.js';
import { call, Fault, type XmlValue } from './xml-rpc.js';

/** A program as supervisord sees it (http://supervisord.org/subprocess.html, Process States). */
const Info = z.object({
  name: z.string(),
  group: z.string(),
  statename: z.string(),
  pid: z.number(),
  start: z.number(),
  exitstatus: z.number(),
  spawnerr: z.string(),
});
export type ProgramInfo = z.infer<typeof Info>;

export const partOf = ({ name, statename, pid, spawnerr }: ProgramInfo): Part => ({
  name,
  state: statename.toLowerCase(),
  pid: pid === 0 ? undefined : pid,
  detail: spawnerr,
});

const BAD_NAME = 10;
const NOT_RUNNING = 70;
const STILL_RUNNING = 91;
/** Faults that a caller may know what to do about (supervisor/xmlrpc.py, Faults). */
const EXPECTED = [BAD_NAME, NOT_RUNNING, STILL_RUNNING];
const CALL_MS = 5_000;
/** Who asks what runs within so long after another gets the same answer: a deploy asks often, and supervisord takes milliseconds. */
const SHARED_MS = 100;

/** supervisord over its unix socket: XML-RPC, so that no verb waits for a Python start. */
export class Supervisor {
  #seen: Readonly<{ atMs: number; programs: Promise<readonly ProgramInfo[]> }> | undefined;

  constructor(readonly socketPath: string) {}

  async answers(): Promise<boolean> {
    try {
      await this.#call('supervisor.getState');
      return true;
    } catch {
      return false;
    }
  }

  /** Nothing that was done here is missing in it; what happens by itself is, for `SHARED_MS` at most. */
  programs(): Promise<readonly ProgramInfo[]> {
    const nowMs = performance.now();
    if (this.#seen === undefined || nowMs - this.#seen.atMs > SHARED_MS) {
      this.#seen = { atMs: nowMs, programs: this.#programs() };
    }
    return this.#seen.programs;
  }

  /** Reads the configuration again and starts the group that is new in it. */
  async add(group: string): Promise<void> {
    await this.#change('supervisor.reloadConfig');
    await this.#change('supervisor.addProcessGroup', [group]);
  }

  /**
   * Stops every program of a group, within `stopwaitsecs` of each, and forgets the group. A stop passes over a program
   * that has just ended by itself, and supervisord may start that again before it forgets the group: then both are done
   * once more.
   * @throws {Failure} when something of it still runs after `timeoutMs`
   */
  async remove(group: string, timeoutMs: number): Promise<void> {
    const removed = await holdsWithin(timeoutMs, async () => {
      try {
        await this.#change('supervisor.stopProcessGroup', [group, true], timeoutMs);
        await this.#change('supervisor.removeProcessGroup', [group]);
      } catch (error) {
        if (isFault(error, STILL_RUNNING)) return false;
        if (!isFault(error, BAD_NAME)) throw error;
      }
      return true;
    });
    if (!removed) throw new Failure(`${group} still runs, ${timeoutMs / 1_000} s after it was told to stop`);
  }

  /** Stops a program; one that does not run stays as it is. */
  async stop(program: string, timeoutMs: number): Promise<void> {
    try {
      await this.#change('supervisor.stopProcess', [program, true], timeoutMs);
    } catch (error) {
      if (!isFault(error, NOT_RUNNING) && !isFault(error, BAD_NAME)) throw error;
    }
  }

  /** Stops a program, however it does, and starts it again; `program` is `group:name` where both differ. */
  async restart(program: string, timeoutMs: number): Promise<void> {
    await this.stop(program, timeoutMs);
    await this.#change('supervisor.startProcess', [program, false]);
  }

  async shutdown(): Promise<void> {
    await this.#change('supervisor.shutdown');
  }

  async #programs(): Promise<readonly ProgramInfo[]> {
    return z.array(Info).parse(await this.#call('supervisor.getAllProcessInfo'));
  }

  async #change(method: string, parameters: readonly (string | boolean)[] = [], timeoutMs = CALL_MS): Promise<void> {
    try {
      await this.#call(method, parameters, timeoutMs);
    } finally {
      this.#seen = undefined;
    }
  }

  async #call(method: string, parameters: readonly (string | boolean)[] = [], timeoutMs = CALL_MS): Promise<XmlValue> {
    try {
      return await call(this.socketPath, method, parameters, timeoutMs);
    } catch (error) {
      if (error instanceof Failure || EXPECTED.some((code) => isFault(error, code))) throw error;
      throw new Failure(`supervisord refused ${method}(${parameters.join(', ')}): ${String(error)}`, { cause: error });
    }
  }
}

const isFault = (error: unknown, code: number): boolean => error instanceof Fault && error.code === code;
