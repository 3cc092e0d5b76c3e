import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const PROVISIONED = 'infra/grafana/provisioning/datasources/switchyard.yml';
const Provisioned = z.object({
  datasources: z.array(z.object({ uid: z.string(), jsonData: z.object({ timeInterval: z.string().optional() }) })),
});

/**
 * What Grafana takes for the scrape interval, s: `timeInterval` of the provisioned Prometheus, where Grafana fills
 * `${SCRAPE_INTERVAL}` from its environment. The checkout's root is the working directory.
 */
export const provisionedInterval = (scrapeInterval: number): number => {
  const { datasources } = Provisioned.parse(parse(readFileSync(PROVISIONED, 'utf8')));
  const text = datasources.find(({ uid }) => uid === 'prometheus')?.jsonData.timeInterval ?? '';
  const seconds = /^(\d+)s$/.exec(text.replace('${SCRAPE_INTERVAL}', String(scrapeInterval)))?.[1];
  if (seconds === undefined) throw new Error(`${PROVISIONED}: timeInterval ${text} is not in seconds`);
  return Number(seconds);
};
