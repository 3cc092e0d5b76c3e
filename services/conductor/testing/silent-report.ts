import type { Report } from '../report.js';

/** For tests that look at what is done, not at what is said. */
export const SILENT: Report = {
  say: () => {},
  rows: () => {},
  step: () => ({ done: () => {}, failed: () => {} }),
  progress: () => {},
};
