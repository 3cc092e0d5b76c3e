import type { JsonValue, PresenceFrame } from '../../protocol/frames.js';
import { parseJson } from '../../protocol/json.js';
import type { ClientInfo, Member } from '../broker/presence-store.js';

/** Members as they are told. */
export const clientsOf = (members: readonly Member[]): PresenceFrame['clients'] =>
  members.map(({ clientId, connections, joinedMs, info }) => ({
    client_id: clientId,
    connections,
    joined_at: new Date(joinedMs).toISOString(),
    ...infoField(info),
  }));

/** Absent where nothing is said of the client. */
const infoField = (info: ClientInfo | undefined): Readonly<{ info?: JsonValue }> => {
  const value = info === undefined ? undefined : parseJson(info);
  return value === undefined ? {} : { info: value };
};
