import type { DeploySeen } from './deploys-seen.js';
import type { Summary } from './tally.js';
import { amount, clock, count, megabytes, NOT_KNOWN, percentiles, refusals } from './words.js';

export const describeSummary = (summary: Summary): readonly string[] => {
  const { seconds, connections, messages, per_second: rates, latency_ms: latency } = summary;
  const { cpu_percent: cpu, memory_bytes: memory, deploys } = summary;
  return [
    `Summary of ${count(seconds)} s:`,
    `  connections   ${count(connections.least)} to ${count(connections.most)}`,
    `  messages      ${messages === null || rates === null ? NOT_KNOWN : `${count(messages)} accepted, ${amount(rates.average)}/s, at most ${amount(rates.most)}/s`}`,
    `  publish→ack   ms: ${percentiles(latency.publish_ack)}`,
    `  delivery      ms: ${percentiles(latency.delivery)}`,
    `  refused       ${refusals(summary.refused)}`,
    `  error lines   ${count(summary.error_lines)}`,
    ...(deploys.length === 0 ? ['  deploys       none'] : deploys.map(describeDeploy)),
    `  CPU           ${amount(cpu.average)} %, at most ${amount(cpu.most)} %`,
    `  memory        ${megabytes(memory.last)} MB, at most ${megabytes(memory.most)} MB`,
  ];
};

const describeDeploy = ({ verb, since, outcome, active }: DeploySeen): string =>
  `  deploys       ${verb} at ${clock(since)}: ${outcome}, ${active ?? 'no color'} active`;
