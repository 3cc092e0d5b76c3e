import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../failure.js';

const Settings = z.object({
  DRAIN_GRACE: z.number(),
  GRACEFUL_SHUTDOWN_TIMEOUT: z.number(),
  WEBSOCKET_HEARTBEAT_INTERVAL: z.number(),
  HEARTBEAT_TIMEOUT: z.number(),
  HISTORY_TTL: z.number(),
  HISTORY_SIZE: z.number(),
  /** Builds from before these were judged do not carry them. */
  SESSION_TTL: z.number().optional(),
  DEDUPE_WINDOW: z.number().optional(),
});
const Fixed = z.object({ stop_reserve: z.number(), socket_idle: z.number() });

/** What a build carries: `DEFAULTS` of services/gateway/defaults.ts. */
const Defaults = z.object({ settings: Settings, aliases: z.record(z.string(), z.string()), fixed: Fixed });
type Defaults = z.infer<typeof Defaults>;

/** With what workers of a build would run; times in seconds. */
export type BuildSettings = Readonly<z.infer<typeof Settings> & z.infer<typeof Fixed>>;

/**
 * The defaults of a build (a directory like `dist/`) under the environment that its workers would get. Undefined when it
 * is no build, or one from before builds carried them.
 * @throws {Failure} for a setting that is no number
 */
export const readBuildSettings = (
  build: string,
  environment: Readonly<Record<string, string>>,
): BuildSettings | undefined => {
  const defaults = readDefaults(join(build, 'services/gateway/defaults.json'));
  if (defaults === undefined) return undefined;
  const { settings, aliases, fixed } = defaults;
  const given: Record<string, number> = {};
  const take = (variable: string, setting: string): void => {
    const text = environment[variable]?.trim() ?? '';
    if (text === '' || !Object.hasOwn(settings, setting)) return;
    given[setting] = Number(text);
    if (Number.isNaN(given[setting])) throw new Failure(`${variable}=${JSON.stringify(text)}: must be a number`);
  };
  // As a worker reads them: the own name wins.
  for (const [alias, setting] of Object.entries(aliases)) take(alias, setting);
  for (const setting of Object.keys(settings)) take(setting, setting);
  return { ...settings, ...given, ...fixed };
};

const readDefaults = (file: string): Defaults | undefined => {
  try {
    const { data } = Defaults.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return data;
  } catch {
    return undefined;
  }
};
