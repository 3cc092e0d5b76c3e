import { Counter, Trend } from 'k6/metrics';
import { clearInterval, setInterval } from 'k6/timers';
import { COUNT_NAMES, FAULT_NAMES, TIME_NAMES, type Count, type Fault, type Time } from '../runner/measures.ts';

const HAND_ON_MS = 250;

const counters = new Map<Fault | Count, Counter>(
  [...FAULT_NAMES, ...COUNT_NAMES].map((name) => [name, new Counter(name)]),
);
const trends = new Map(TIME_NAMES.map((name) => [name, new Trend(name, true)]));

/** Counted by this thread and not handed on to k6, for which each call is a sample: as dear as the message itself. */
const counted = new Map<Fault | Count, number>();
let isGathering = false;

export const count = (name: Fault | Count, by = 1): void => {
  counted.set(name, (counted.get(name) ?? 0) + by);
  if (!isGathering) handOn();
};
export const time = (name: Time, ms: number): void => trends.get(name)?.add(ms);

const handOn = (): void => {
  for (const [name, by] of counted) counters.get(name)?.add(by);
  counted.clear();
};

/** `scenario`, with what it counts handed on a few times a second. What ends behind it is counted too. */
export const gathering = (scenario: () => Promise<void>) => async (): Promise<void> => {
  isGathering = true;
  const timer = setInterval(handOn, HAND_ON_MS);
  try {
    await scenario();
  } finally {
    clearInterval(timer);
    isGathering = false;
    handOn();
  }
};

/** So that what never happened stands in the summary too. */
export const beginCounting = (): void => {
  for (const counter of counters.values()) counter.add(0);
};
