import { signalIfAlive } from '../../services/conductor/processes.js';
import type { Link } from '../links/link.js';
import type { Forecast } from '../links/weather.js';
import type { Scene } from './fault.js';

type Pause = Pick<Scene, 'pause'>;

/** Stops a process for so long, and lets it go on, also when the run is interrupted. */
export const frozen = async ({ pause }: Pause, pid: number, ms: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  await pause(ms).finally(() => signalIfAlive(pid, 'SIGCONT'));
};

/** A link has such weather for so long, and fair weather afterwards in any case. */
export const inWeather = async ({ pause }: Pause, { weather }: Link, forecast: Forecast, ms: number): Promise<void> => {
  weather.now = forecast;
  await pause(ms).finally(() => {
    weather.now = { kind: 'fair' };
  });
};

/** Does it so many times, with so long after each, ms. */
export const repeatedly = async (
  { pause }: Pause,
  { times, everyMs }: Readonly<{ times: number; everyMs: number }>,
  act: () => unknown,
): Promise<void> => {
  for (let count = 0; count < times; count += 1) {
    await act();
    await pause(everyMs);
  }
};
