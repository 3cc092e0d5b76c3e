import { checkDashboards, isLoki } from './check.js';
import { settingsOf } from './config.js';

const { PROMETHEUS_URL, LOKI_URL, LOKI_PORT, SCRAPE_INTERVAL } = settingsOf();
/** One that was named must answer; the usual place is only looked at. */
const usual = `http://127.0.0.1:${LOKI_PORT}`;
const loki =
  LOKI_URL === undefined ? ((await isLoki(usual)) ? usual : undefined) : LOKI_URL === '' ? undefined : LOKI_URL;

const well = await checkDashboards({
  prometheus: PROMETHEUS_URL,
  loki,
  view: { range: 900, step: 15, scrape: SCRAPE_INTERVAL },
  say: (line) => process.stdout.write(`${line}\n`),
});
process.exitCode = well ? 0 : 1;
