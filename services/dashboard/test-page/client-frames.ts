import type { Position } from './wire.js';

/** A frame id, unique enough for the dedupe window. `crypto.randomUUID` is missing where the page came by plain HTTP. */
export const mintId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const publishText = (id: string, channel: string, data: unknown): string =>
  JSON.stringify({ type: 'publish', channel, data, id });

export const subscribeText = (id: string, channel: string, recover: Position | undefined): string =>
  JSON.stringify({ type: 'subscribe', channel, recover, id });

export const unsubscribeText = (id: string, channel: string): string =>
  JSON.stringify({ type: 'unsubscribe', channel, id });
