import { clearInterval, setInterval, setTimeout } from 'k6/timers';
import { END_MS, now } from './plan.ts';

const TICK_MS = 20;
/** What is begun later would not be over by the end of the run. */
const LAST_MS = 3_000;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

export const untilEnd = (): Promise<void> => sleep(Math.max(0, END_MS - now()));

/** Calls `work` so often a second, with 0, 1, 2 …, until the end of the run. */
export const paced = async (perSecond: number, work: (n: number) => void): Promise<void> => {
  const began = now();
  let done = 0;
  const timer = setInterval(() => {
    for (const due = ((now() - began) / 1_000) * perSecond; done < due; done += 1) work(done);
  }, TICK_MS);
  await untilEnd();
  clearInterval(timer);
};

/** Calls `work` every so many seconds, each time when the one before is over, until the end of the run. */
export const repeated = async (seconds: number, work: (n: number) => Promise<void>): Promise<void> => {
  for (let n = 0; now() + LAST_MS < END_MS; n += 1) {
    const due = Math.min(now() + seconds * 1_000, END_MS);
    await work(n);
    await sleep(Math.max(0, due - now()));
  }
  await untilEnd();
};
