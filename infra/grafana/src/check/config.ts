import { z } from 'zod';

const url = (port: string) => z.url({ protocol: /^https?$/ }).default(`http://127.0.0.1:${port}`);

/** Settings of `make check-dashboards`. */
export const settingsOf = (environment: Readonly<Record<string, string | undefined>> = process.env) => {
  const parsed = z
    .object({
      PROMETHEUS_URL: url(environment['PROMETHEUS_PORT'] ?? '9090'),
      /** Empty: leave Loki's queries out. */
      LOKI_URL: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).optional(),
      LOKI_PORT: z.coerce.number().int().default(3100),
      SCRAPE_INTERVAL: z
        .string()
        .regex(/^\d+s?$/, 'must be seconds')
        .default('5')
        .transform((text) => Number.parseInt(text, 10)),
    })
    .safeParse(environment);
  if (!parsed.success) throw new Error(`check-dashboards:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
};
