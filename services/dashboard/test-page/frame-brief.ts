import type { Fields } from '../shared/fields.js';

const LONGEST = 200;

/** One line for a frame: what a person looks for first in its type, else the frame itself. */
export const briefOf = (fields: Fields): string => {
  const { type, channel, offset, from, data, recover, recovered, duplicate, code, message } = fields;
  const { message_count: count, client_id: client, resumed } = fields;
  switch (type) {
    case 'system.welcome':
      // The session_id is a secret: it is not shown before somebody asks for the whole frame.
      return `${String(client)} · ${resumed === true ? 'resumed' : 'new session'} · count ${String(count)}`;
    case 'message':
      return shorten(`${place(channel, offset)} ${String(from)}: ${JSON.stringify(data)}`);
    case 'publish':
      return shorten(`${String(channel)} ${JSON.stringify(data)}`);
    case 'subscribe':
      return `${String(channel)}${recover === undefined ? '' : ` · recover ${JSON.stringify(recover)}`}`;
    case 'ack':
      return `${place(channel, offset)} · count ${String(count)}${duplicate === true ? ' · duplicate' : ''}`;
    case 'subscribed':
      return `${place(channel, offset)} · ${recovered === true ? 'recovered' : 'from here on'}`;
    case 'error':
      return shorten(`${String(code)}: ${String(message)}`);
    default: {
      const { type: _, ...rest } = fields;
      return shorten(JSON.stringify(rest));
    }
  }
};

const place = (channel: unknown, offset: unknown): string => `${String(channel)} #${String(offset)}`;

const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
