import { Counter, Trend } from 'k6/metrics';
import { COUNT_NAMES, FAULT_NAMES, TIME_NAMES, type Count, type Fault, type Time } from '../runner/measures.ts';

const counters = new Map<Fault | Count, Counter>(
  [...FAULT_NAMES, ...COUNT_NAMES].map((name) => [name, new Counter(name)]),
);
const trends = new Map(TIME_NAMES.map((name) => [name, new Trend(name, true)]));

export const count = (name: Fault | Count, by = 1): void => counters.get(name)?.add(by);
export const time = (name: Time, ms: number): void => trends.get(name)?.add(ms);

/** So that what never happened stands in the summary too. */
export const beginCounting = (): void => {
  for (const counter of counters.values()) counter.add(0);
};
