import { Counter, Trend } from 'k6/metrics';
import { COUNTS, FAULTS, TIMES, type Count, type Fault, type Time } from '../runner/measures.ts';

const counters = new Map([...Object.keys(FAULTS), ...Object.keys(COUNTS)].map((name) => [name, new Counter(name)]));
const trends = new Map(Object.keys(TIMES).map((name) => [name, new Trend(name, true)]));

export const count = (name: Fault | Count, by = 1): void => counters.get(name)?.add(by);
export const time = (name: Time, ms: number): void => trends.get(name)?.add(ms);

/** So that what never happened stands in the summary too. */
export const beginCounting = (): void => {
  for (const counter of counters.values()) counter.add(0);
};
