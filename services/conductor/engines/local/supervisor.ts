import { z } from 'zod';
import { Failure } from '../../failure.js';
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

const BAD_NAME = 10;
const NOT_RUNNING = 70;
const CALL_MS = 5_000;

/** supervisord over its unix socket: XML-RPC, so that no verb waits for a Python start. */
export class Supervisor {
  constructor(readonly socketPath: string) {}

  async answers(): Promise<boolean> {
    try {
      await this.#call('supervisor.getState');
      return true;
    } catch {
      return false;
    }
  }

  async programs(): Promise<readonly ProgramInfo[]> {
    return z.array(Info).parse(await this.#call('supervisor.getAllProcessInfo'));
  }

  /** Reads the configuration again and starts the group that is new in it. */
  async add(group: string): Promise<void> {
    await this.#call('supervisor.reloadConfig');
    await this.#call('supervisor.addProcessGroup', [group]);
  }

  /** Stops every program of a group, within `stopwaitsecs` of each, and forgets the group. */
  async remove(group: string, timeoutMs: number): Promise<void> {
    try {
      await this.#call('supervisor.stopProcessGroup', [group, true], timeoutMs);
      await this.#call('supervisor.removeProcessGroup', [group]);
    } catch (error) {
      if (!isFault(error, BAD_NAME)) throw error;
    }
  }

  /** Stops a program; one that does not run stays as it is. */
  async stop(program: string, timeoutMs: number): Promise<void> {
    try {
      await this.#call('supervisor.stopProcess', [program, true], timeoutMs);
    } catch (error) {
      if (!isFault(error, NOT_RUNNING) && !isFault(error, BAD_NAME)) throw error;
    }
  }

  /** Stops a program, however it does, and starts it again; `program` is `group:name` where both differ. */
  async restart(program: string, timeoutMs: number): Promise<void> {
    await this.stop(program, timeoutMs);
    await this.#call('supervisor.startProcess', [program, false]);
  }

  async shutdown(): Promise<void> {
    await this.#call('supervisor.shutdown');
  }

  async #call(method: string, parameters: readonly (string | boolean)[] = [], timeoutMs = CALL_MS): Promise<XmlValue> {
    try {
      return await call(this.socketPath, method, parameters, timeoutMs);
    } catch (error) {
      if (error instanceof Failure || isFault(error, BAD_NAME) || isFault(error, NOT_RUNNING)) throw error;
      throw new Failure(`supervisord refused ${method}(${parameters.join(', ')}): ${String(error)}`, { cause: error });
    }
  }
}

const isFault = (error: unknown, code: number): boolean => error instanceof Fault && error.code === code;
