import type { PresenceFrame } from '../../protocol/frames.js';
import type { Member } from '../broker/presence-store.js';

/** Members as they are told. */
export const clientsOf = (members: readonly Member[]): PresenceFrame['clients'] =>
  members.map(({ clientId, connections, joinedMs }) => ({
    client_id: clientId,
    connections,
    joined_at: new Date(joinedMs).toISOString(),
  }));
