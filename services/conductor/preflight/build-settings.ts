import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../failure.js';

/** What `services/gateway/print-settings.ts` of a build prints. */
const BuildSettings = z.object({
  DRAIN_GRACE: z.number(),
  GRACEFUL_SHUTDOWN_TIMEOUT: z.number(),
  WEBSOCKET_HEARTBEAT_INTERVAL: z.number(),
  HEARTBEAT_TIMEOUT: z.number(),
  HISTORY_TTL: z.number(),
  HISTORY_SIZE: z.number(),
  stop_reserve: z.number(),
  socket_idle: z.number(),
  refusal: z.string().nullable(),
});
export type BuildSettings = Readonly<z.infer<typeof BuildSettings>>;

const ANSWER_MS = 20_000;

/**
 * Asks a build (a directory like `dist/`) with which settings its workers would run in this environment. Undefined when
 * it is no build, or one from before there was this question.
 * @throws {Failure} when a setting is wrong by itself, in the build's own words
 */
export const readBuildSettings = async (
  build: string,
  environment: Readonly<Record<string, string>>,
): Promise<BuildSettings | undefined> => {
  const program = join(build, 'services/gateway/print-settings.js');
  if (!existsSync(program)) return undefined;
  const answer = await run(program, environment);
  const settings = BuildSettings.safeParse(parseSafely(answer));
  if (settings.success) return settings.data;
  throw new Failure(`${program} answered with something else than agreed: ${answer.slice(0, 200)}`);
};

const run = (program: string, environment: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [program], { env: environment, timeout: ANSWER_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Failure(stderr.trim() === '' ? error.message : stderr.trim(), { cause: error }));
    });
  });

const parseSafely = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
