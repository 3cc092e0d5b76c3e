import { z } from 'zod';
import { Failure } from '../../failure.js';
import { StackSettings } from '../../settings.js';

/** What decides about the files of a stack in containers; what else a stack has is the same in all of them. */
const Settings = StackSettings.pick({
  MODE: true,
  EXPOSE_ADMIN: true,
  FRONT_PROXIES: true,
  HTTP_PORT: true,
  SCRAPE_INTERVAL: true,
  ALERT_WEBHOOK_URL: true,
  ALERT_DOCS_URL: true,
  REDIS_MEMORY: true,
}).extend({
  ACTIVE_COLOR: z.enum(['blue', 'green']).default('blue'),
  CONTROL_TOKEN: z.string().default(''),
});
export type ComposeSettings = z.infer<typeof Settings>;

export const COMPOSE_SETTINGS = Object.keys(Settings.shape);

/** What compose gives. An empty value is none. @throws {Failure} naming variable, value and what is allowed */
export const readComposeSettings = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ComposeSettings => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { data, error } = Settings.safeParse(given);
  if (data !== undefined) return data;
  const lines = error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}=${name === 'CONTROL_TOKEN' ? '(a secret)' : (given[name] ?? '')}: ${message}`;
  });
  throw new Failure(lines.join('\n'), { exitCode: 2 });
};
