import type { Report } from '../report.js';

/** Work as one line of a report. */
export const step = async <T>(report: Report, text: string, work: () => Promise<T>): Promise<T> => {
  const line = report.step(text);
  try {
    const result = await work();
    line.done('');
    return result;
  } catch (error) {
    line.failed();
    throw error;
  }
};
