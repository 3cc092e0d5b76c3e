import { formatLine, type LogLine } from '../logs/log-lines.js';
import { describeQueue } from '../verbs/health.js';
import { cut } from '../width.js';
import type { Snapshot } from './snapshot.js';
import { amount, byPart, clock, count, megabytes, NOTHING, percentiles, refusals, workWords } from './words.js';

const INDENT = ' '.repeat(10);
/** What an error holds besides is told by `make logs`: its stack alone has thousands of characters. */
const LOG_COLUMNS = 240;

/** A snapshot as lines for a file or a pipe; those that matter begin with `!`. */
export const plainLines = (snapshot: Snapshot, errors: readonly LogLine[]): readonly string[] => {
  const { at, active, connections, workers, per_second: rates, latency_ms: latency } = snapshot;
  const { cpu_percent: cpu, queue } = snapshot;
  const { blue, green } = connections;
  const ready = workers.filter((worker) => worker.ready === 'ready').length;
  const work = workWords(snapshot);
  const refused = refusals(snapshot.refused);
  return [
    `${clock(at)}  ${active ?? 'no color'} active, ${count(blue + green)} connections (blue ${count(blue)}, green ${count(green)}), ${ready} of ${workers.length} workers ready`,
    ...(rates === null
      ? []
      : [
          `${INDENT}in ${amount(rates.received)}/s  out ${amount(rates.sent)}/s  accepted ${amount(rates.accepted)}/s  failed ${amount(rates.failed)}/s`,
          `${INDENT}ack ms: ${percentiles(latency.publish_ack)}   delivery ms: ${percentiles(latency.delivery)}`,
        ]),
    ...(queue === null ? [] : [`${INDENT}tasks: ${describeQueue(queue)}`]),
    ...(cpu === null ? [] : [`${INDENT}CPU %: ${byPart(cpu, amount)}`]),
    `${INDENT}memory MB: ${byPart(snapshot.memory_bytes, megabytes)}`,
    ...(work === undefined ? [] : [`${INDENT}at work: ${work}`]),
    ...(refused === NOTHING ? [] : [`${INDENT}refused: ${refused}`]),
    ...snapshot.troubles.map((trouble) => `! ${trouble}`),
    ...errors.map((error) => cut(`! ${formatLine(error)}`, LOG_COLUMNS)),
  ];
};
