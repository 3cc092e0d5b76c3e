import type { SessionStore } from '../broker/session-store.js';
import type { Config } from '../config/settings.js';
import type { PlacedConnection } from '../endpoints/frames/chat.js';
import type { ManagedConnection } from '../lifecycle/connections.js';
import { Wheel } from '../lifecycle/wheel.js';
import { touchSessions, type SessionHolder } from '../session/keep-alive.js';

/** What visits each connection again and again. */
export const createWheels = (config: Config, sessions: SessionStore) => ({
  placeAsks: Wheel.each<PlacedConnection>('place_asks', config.PLACE_INTERVAL * 1000, (connection) =>
    connection.askPlace(),
  ),
  beats: Wheel.each<ManagedConnection>('beats', config.WEBSOCKET_HEARTBEAT_INTERVAL * 1000, (connection, nowMs) =>
    connection.beat(nowMs),
  ),
  idleChecks: Wheel.each<ManagedConnection>('idle_checks', config.IDLE_CHECK_INTERVAL * 1000, (connection, nowMs) =>
    connection.checkIdle(nowMs),
  ),
  touches: new Wheel<SessionHolder>('touches', (config.SESSION_TTL * 1000) / 4, (items) =>
    touchSessions(sessions, items),
  ),
});
