import { z } from 'zod';
import { StackSettings } from '../../settings.js';

/** What decides about the files of a stack in containers; what else a stack has is the same in all of them. */
const Settings = StackSettings.pick({
  MODE: true,
  EXPOSE_ADMIN: true,
  HTTP_PORT: true,
  SCRAPE_INTERVAL: true,
  ALERT_WEBHOOK_URL: true,
  ALERT_DOCS_URL: true,
}).extend({
  ACTIVE_COLOR: z.enum(['blue', 'green']).default('blue'),
  CONTROL_TOKEN: z.string().default(''),
});
export type ComposeSettings = z.infer<typeof Settings>;

export const COMPOSE_SETTINGS = Object.keys(Settings.shape);

/** What compose gives. An empty value is none. @throws {z.ZodError} naming the variable */
export const readComposeSettings = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ComposeSettings =>
  Settings.parse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')));
