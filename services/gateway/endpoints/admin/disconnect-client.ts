import type { StatisticsReader } from '../../cluster/statistics-reader.js';
import { done } from './desk.js';
import type { AdminEvents } from './events.js';
import type { Peers } from './peers.js';

export type Disconnecting = Readonly<{ statistics: StatisticsReader; peers: Peers; events: AdminEvents }>;

/**
 * Closes every connection of a client in the cluster, with 1008, and tells administrators by whom. Resolves with how
 * many there were, and the workers that did not answer within a second. @throws BrokerUnavailable
 */
export const disconnectClient = async (
  { statistics, peers, events }: Disconnecting,
  clientId: string,
  by: string,
): Promise<Readonly<{ done: number; unanswered: readonly string[] }>> => {
  const { workers } = await statistics.read();
  const { answers, unanswered } = await peers.ask(workers, { kind: 'disconnect-client', client_id: clientId }, done);
  const closed = answers.reduce((sum, answer) => sum + answer.done, 0);
  if (closed > 0) {
    events.happened({
      event: 'admin_disconnected',
      by,
      connections: closed,
      connection_id: undefined,
      client_id: clientId,
    });
  }
  return { done: closed, unanswered };
};
