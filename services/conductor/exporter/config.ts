import { z } from 'zod';
import { RUN_DIR_MARK } from '../processes.js';

const Config = z.object({
  EXPORTER_PORT: z.coerce.number().int().min(0).max(65_535),
  TLS_CERT: z.string().default(''),
  EXPORTER_HOST: z.string().default('127.0.0.1'),
  /** What to look at: processes of this machine, or containers around this one. */
  ENGINE: z.enum(['local', 'compose']).default('local'),
  [RUN_DIR_MARK]: z.string().min(1),
});

export type ExporterConfig = Readonly<{
  host: string;
  port: number;
  engine: 'local' | 'compose';
  certificate: string;
  runDir: string;
}>;

/** What supervisord, or compose.yml, gives it. @throws {z.ZodError} naming the variable */
export const readExporterConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ExporterConfig => {
  const config = Config.parse(environment);
  return {
    host: config.EXPORTER_HOST,
    port: config.EXPORTER_PORT,
    engine: config.ENGINE,
    certificate: config.TLS_CERT,
    runDir: config[RUN_DIR_MARK],
  };
};
