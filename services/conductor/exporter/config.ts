import { z } from 'zod';
import { RUN_DIR_MARK } from '../processes.js';

const Config = z.object({
  EXPORTER_PORT: z.coerce.number().int().min(0).max(65_535),
  TLS_CERT: z.string().default(''),
  [RUN_DIR_MARK]: z.string().min(1),
});

export type ExporterConfig = Readonly<{ port: number; certificate: string; runDir: string }>;

/** What supervisord gives it. @throws {z.ZodError} naming the variable */
export const readExporterConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ExporterConfig => {
  const { EXPORTER_PORT: port, TLS_CERT: certificate, [RUN_DIR_MARK]: runDir } = Config.parse(environment);
  return { port, certificate, runDir };
};
