import { z } from 'zod';
import { parseSettings, type Environment } from '../settings.js';

const settings = z.object({
  CLIENTS: z.coerce.number().int().min(1).max(15_000).default(5_000),
  RATE: z.coerce.number().int().min(1).max(10_000).default(500),
  MINUTES: z.coerce.number().min(0.5).max(60).default(5),
  /** A file for the profile of the page's scripts, to open in a browser's developer tools. It costs the page a little. */
  PROFILE: z.string().min(1).optional(),
});
export type PageBenchSettings = Readonly<z.infer<typeof settings>>;

/** @throws {Error} naming the setting that is wrong */
export const readSettings = (environment: Environment = process.env): PageBenchSettings =>
  parseSettings(settings, environment);
