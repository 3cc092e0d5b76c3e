import type { Report } from '../report.js';
import type { Site } from '../site.js';

/** Stops everything. Run on a stack that is down, it only looks whether something was left. */
export const down = async (site: Site, report: Report): Promise<void> => {
  const wasUp = await site.stack.isUp();
  const line = report.step(wasUp ? 'workers, nginx, Redis stop' : 'looking for what may be left');
  const killed = await site.stack.lower();
  line.done(killed.length === 0 ? '' : `${killed.length} had to be killed: ${killed.join(', ')}`);
  report.say(wasUp || killed.length > 0 ? 'Down. Nothing of this stack runs any more.' : 'The stack was down already.');
};
