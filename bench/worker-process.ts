import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { useOf } from '../services/conductor/processes.js';

const Line = z.object({ event: z.string().optional(), level: z.string().optional(), port: z.number().optional() });
export type LogLine = Readonly<{ event: string; level: string; text: string }>;

/** Lines that are kept; the rest of a worker that complains without end says the same. */
const MOST_LINES = 1_000;
const GONE_WITHIN_MS = 15_000;
const INSPECTOR = /^Debugger listening on (ws:\S+)/;
const INSPECTOR_SAYS = /^(?:Debugger (?:listening|attached|ending)|For help, see)/;
const MAIN = 'services/gateway/main.js';

/** A worker of this build in a process of its own, on any free port. */
export class WorkerProcess {
  readonly port: number;
  /** Its warnings, errors and what no logger wrote, oldest first. */
  readonly complaints: readonly LogLine[];
  readonly #child: ChildProcess;
  readonly #inspectorUrl: string;

  private constructor(child: ChildProcess, port: number, complaints: readonly LogLine[], inspectorUrl: string) {
    this.#child = child;
    this.#inspectorUrl = inspectorUrl;
    this.port = port;
    this.complaints = complaints;
  }

  /**
   * @param environment settings of the worker, with PATH; its LOG_LEVEL must be info or finer
   * @param build the folder of the build; by default the one that this module is of
   * @param inspected whether `collectGarbage` is to work
   * @throws Error when it ends before it listens
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    build = fileURLToPath(new URL('..', import.meta.url)),
    inspected = false,
  ): Promise<WorkerProcess> {
    const child = spawn(process.execPath, [...(inspected ? ['--inspect=127.0.0.1:0'] : []), `${build}/${MAIN}`], {
      env: { PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const complaints: LogLine[] = [];
    const complain = (line: LogLine): void => {
      if (complaints.length < MOST_LINES) complaints.push(line);
    };
    const inspector = { url: '' };
    createInterface({ input: child.stderr }).on('line', (text) => {
      const [, url] = INSPECTOR.exec(text) ?? [];
      if (url !== undefined) inspector.url = url;
      if (!INSPECTOR_SAYS.test(text)) complain({ event: 'stderr', level: 'ERROR', text });
    });
    const port = await new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (text) => {
        const { event = '', level = '', port: listening } = Line.parse(JSON.parse(text));
        if (event === 'worker_started' && listening !== undefined) resolve(listening);
        if (['WARN', 'ERROR', 'FATAL'].includes(level)) complain({ event, level, text });
      });
      child.once('exit', (code) =>
        reject(new Error(`the worker ended with ${code}: ${complaints.at(-1)?.text ?? ''}`)),
      );
    });
    return new WorkerProcess(child, port, complaints, inspector.url);
  }

  /** Undefined while it runs; else how it ended, in words. */
  get ended(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    if (signalCode !== null) return `killed by ${signalCode}`;
    return exitCode === null ? undefined : `ended with ${exitCode}`;
  }

  /** Resident memory, bytes. */
  get memoryBytes(): number {
    return useOf(this.#child.pid ?? 0).memoryBytes;
  }

  /**
   * Makes the worker, which was started with `inspected`, give up what it needs no more: at rest V8 keeps garbage for minutes.
   * @throws Error when it can't be asked
   */
  async collectGarbage(): Promise<void> {
    const socket = new WebSocket(this.#inspectorUrl, { perMessageDeflate: false });
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
    await once(socket, 'message');
    socket.close();
    await once(socket, 'close');
  }

  /** In order, or by force when that takes too long. Idempotent. */
  async stop(): Promise<void> {
    if (this.ended !== undefined) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), GONE_WITHIN_MS);
    await gone;
    clearTimeout(late);
  }
}
