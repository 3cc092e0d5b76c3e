import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pushTo } from './push.js';

const PROGRAM = fileURLToPath(import.meta.url);
/** Between two bodies, which are JSON on one line each. */
const SEPARATOR = '\n';

/**
 * Pushes from a process of its own and waits for it, at most `withinMs`: for one that crashes, whose event loop must not
 * run any more. It takes a tenth of a second. Never throws.
 */
export const pushBeforeExit = (base: string, bodies: readonly string[], withinMs: number): void => {
  spawnSync(process.execPath, [PROGRAM, base, String(withinMs)], {
    input: bodies.join(SEPARATOR),
    timeout: withinMs,
    killSignal: 'SIGKILL',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
};

const run = async (base: string, withinMs: number): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const push = pushTo(base);
  for (const body of Buffer.concat(chunks).toString().split(SEPARATOR)) await push(body, withinMs);
};

const [, program, base, withinMs] = process.argv;
if (program === PROGRAM && base !== undefined) await run(base, Number(withinMs));
