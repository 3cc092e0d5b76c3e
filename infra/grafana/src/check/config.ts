import { resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../../../services/conductor/failure.js';
import { lokiUrlOf } from '../../../../services/conductor/logs/loki-url.js';
import { RunDirectory } from '../../../../services/conductor/run-directory.js';
import { StackSettings } from '../../../../services/conductor/settings.js';

const address = z.url({ protocol: /^https?$/, error: 'is not allowed: not an http address' });
const Given = z.object({
  RUN_DIR: z.string().default('.run'),
  PROMETHEUS_URL: address.optional(),
  /** Empty: leave Loki's queries out. */
  LOKI_URL: z.union([z.literal(''), address], 'is not allowed: not an http address').optional(),
});

export type Settings = Readonly<{
  prometheus: string;
  /** One that was named must answer; that of the stack is only looked at. */
  loki: Readonly<{ url: string; isNamed: boolean }> | undefined;
  /** Between two scrapes of the stack, s. */
  scrapeInterval: number;
}>;

/**
 * Settings of `make check-dashboards`: the addresses that were given, else those of the stack of the run directory.
 * @throws {Failure} naming the variable, or the run directory that has no stack
 */
export const settingsOf = (environment: Readonly<Record<string, string | undefined>> = process.env): Settings => {
  const { RUN_DIR: runDir, PROMETHEUS_URL: prometheus, LOKI_URL: loki } = given(environment);
  const remembered = new RunDirectory(resolve(runDir)).remembered();
  if (remembered === undefined && prometheus === undefined) {
    throw new Failure(
      `there is no stack in ${resolve(runDir)}: "make dev-up" starts it, RUN_DIR or PROMETHEUS_URL names another`,
      { exitCode: 2 },
    );
  }
  const stack = remembered?.stack ?? StackSettings.parse({});
  const ofStack = remembered === undefined ? undefined : lokiUrlOf(remembered);
  const url = loki ?? ofStack ?? '';
  return {
    prometheus: prometheus ?? `http://127.0.0.1:${stack.PROMETHEUS_PORT}`,
    loki: url === '' ? undefined : { url, isNamed: loki !== undefined },
    scrapeInterval: stack.SCRAPE_INTERVAL,
  };
};

const given = ({ RUN_DIR, PROMETHEUS_URL, LOKI_URL }: Readonly<Record<string, string | undefined>>) => {
  // An empty one of the first two is none.
  const values = { RUN_DIR: RUN_DIR || undefined, PROMETHEUS_URL: PROMETHEUS_URL || undefined, LOKI_URL };
  const parsed = Given.safeParse(values);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path: [name], message }) => {
    const value = name === 'LOKI_URL' ? LOKI_URL : PROMETHEUS_URL;
    return `${String(name)}=${value ?? ''} ${message}`;
  });
  throw new Failure(wrong.join('\n'), { exitCode: 2 });
};
