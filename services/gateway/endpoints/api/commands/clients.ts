import { z } from 'zod';
import type { ClientMessages } from '../../../cluster/client-messages.js';
import type { Sessions } from '../../../session/sessions.js';
import type { Dismissals } from '../../admin/dismissals.js';
import { targetedText } from '../../targeted.js';
import { defineCommand, type Command } from '../command.js';
import { channel, clientId, data, from } from '../fields.js';
import { API, refuseStory } from '../publications.js';
import { unanswered } from './channels.js';

const connections = z.number().int().min(0);

/** The `send` of docs/PROTOCOL.md [send-1]. */
export const sendCommand = (clients: ClientMessages): Command =>
  defineCommand({
    name: 'send',
    scope: 'send',
    summary: 'A message to every connection of a client; kept nowhere, and not deduped',
    request: z.strictObject({ client_id: clientId, data, from }),
    answer: z.object({ delivered: connections.meta({ description: 'Connections reached' }) }),
    act: async ({ client_id: to, data, from }, { metrics }) => {
      refuseStory({ from });
      const delivered = await clients.send(to, targetedText(to, from ?? API, data));
      metrics.messageTargeted();
      return { delivered };
    },
  });

const following = { request: z.strictObject({ client_id: clientId, channel }), answer: z.object({ connections }) };

/** Each connection is told with a `subscribed` or `unsubscribed` that it did not ask for [api-13]. */
export const subscribeCommand = (clients: ClientMessages, sessions: Sessions): Command =>
  defineCommand({
    ...following,
    name: 'subscribe',
    scope: 'subscribe',
    summary: 'Subscribes every connection that a client has now to a channel',
    act: async ({ client_id: id, channel }) => {
      // First: a session that is away finds it.
      await sessions.grant(id, channel, true);
      return { connections: await clients.follow(id, channel, true) };
    },
  });

export const unsubscribeCommand = (clients: ClientMessages, sessions: Sessions): Command =>
  defineCommand({
    ...following,
    name: 'unsubscribe',
    scope: 'subscribe',
    summary: 'Ends the subscription of every connection that a client has now to a channel',
    act: async ({ client_id: id, channel }) => {
      // First: a session that is away finds it.
      await sessions.grant(id, channel, false);
      return { connections: await clients.follow(id, channel, false) };
    },
  });

/** Closes them as an administrator does [admin-4]. */
export const disconnectCommand = (dismissals: Dismissals): Command =>
  defineCommand({
    name: 'disconnect',
    scope: 'disconnect',
    summary: 'Closes every connection of a client, with 1008',
    request: z.strictObject({ client_id: clientId }),
    answer: z.object({ disconnected: connections, unanswered: unanswered.readonly() }),
    act: async ({ client_id: id }, { caller }) => {
      const { connections: disconnected, unanswered } = await dismissals.disconnect(id, `API key ${caller.name}`);
      return { disconnected, unanswered };
    },
  });
