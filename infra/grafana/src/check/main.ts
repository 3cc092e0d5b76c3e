import { failureOf } from '../../../../services/conductor/failure.js';
import { ask } from './answers.js';
import { checkDashboards, isLoki } from './check.js';
import { settingsOf, type Settings } from './config.js';
import { viewOf } from './questions.js';
import { provisionedInterval } from './time-interval.js';

/** @throws {Failure} where one that was named does not answer */
const lokiOf = async ({ loki }: Settings): Promise<string | undefined> => {
  if (loki === undefined) return undefined;
  if (loki.isNamed) await ask(loki.url, '/loki/api/v1/labels', {});
  return (await isLoki(loki.url)) ? loki.url : undefined;
};

const main = async (): Promise<number> => {
  const settings = settingsOf();
  const { prometheus, scrapeInterval } = settings;
  await ask(prometheus, '/api/v1/status/buildinfo', {});
  const isWell = await checkDashboards({
    prometheus,
    loki: await lokiOf(settings),
    view: viewOf(provisionedInterval(scrapeInterval)),
    say: (line) => process.stdout.write(`${line}\n`),
  });
  return isWell ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  process.stderr.write(`${failure.message}\n`);
  process.exitCode = failure.exitCode;
}
