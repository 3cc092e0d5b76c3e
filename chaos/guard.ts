import { spawn, type ChildProcess } from 'node:child_process';

/** The run directory is $1, the command behind it. A deploy that still runs holds the lock of the stack for a while. */
const PROGRAM = `
read -r _
run=$1
shift
tries=0
until "$@" || [ "$tries" -ge 30 ]; do
  tries=$((tries + 1))
  sleep 2
done
rm -rf "$run"`;

/**
 * Takes a stack down when this process ends without doing it, in whatever way: the pipe between them closes. What it takes
 * down is named by `down` and removed with `runDir`; `dismiss` sends it home.
 */
export class Guard {
  readonly #child: ChildProcess;

  constructor(down: readonly string[], runDir: string, environment: Readonly<Record<string, string>>) {
    this.#child = spawn('sh', ['-c', PROGRAM, 'chaos-guard', runDir, ...down], {
      env: environment,
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C in the terminal is not for it.
      detached: true,
    });
    this.#child.unref();
  }

  dismiss(): void {
    this.#child.kill('SIGKILL');
  }
}
