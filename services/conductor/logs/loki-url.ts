import type { Remembered } from '../run-directory.js';

/** The Loki of a stack: that to which its workers ship; undefined: there is none. */
export const lokiUrlOf = ({ worker_environment }: Pick<Remembered, 'worker_environment'>): string | undefined => {
  const url = worker_environment['LOKI_URL'];
  return url === '' ? undefined : url;
};
