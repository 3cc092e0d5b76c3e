import { parser as logql } from '@grafana/lezer-logql';
import type { LRParser } from '@lezer/lr';
import { parser as promql } from '@prometheus-io/lezer-promql';

/** Each piece of a query that the grammar gives the name `node`. */
const pieces = (parser: LRParser, query: string, node: string): readonly string[] => {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to }) => {
      if (name === node) found.push(query.slice(from, to));
    },
  });
  return found;
};

const ERROR = '⚠';
const faults = (parser: LRParser, query: string): readonly string[] =>
  pieces(parser, query, ERROR).map((piece) => `at "${piece}" in: ${query}`);

/** Where a query is no PromQL, or no LogQL; empty when it is. */
export const promqlFaults = (query: string): readonly string[] => faults(promql, query);
export const logqlFaults = (query: string): readonly string[] => faults(logql, query);

/** The names of the series that a PromQL query reads. */
export const metricsIn = (query: string): readonly string[] =>
  pieces(promql, query, 'VectorSelector')
    .map((selector) => /^[a-zA-Z_:][\w:]*/.exec(selector)?.[0] ?? '')
    .filter((name) => name !== '');
