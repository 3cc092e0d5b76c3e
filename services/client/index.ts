export { Client } from './client.js';
export type { Subscription } from './channels.js';
export { ClientClosed, ClientError, ConnectionLost, PublishRefused, QueueFull, Refused } from './errors.js';
export type { ClientEvents, ClientState } from './events.js';
export type { Ack, History, JsonValue, Message, Position, Presence, TargetedMessage } from './messages.js';
export type { ClientOptions, SubscribeOptions, WebSocketLike } from './options.js';
