import { randomUUID } from 'node:crypto';
import { encodeServerFrame } from '../../protocol/encode.js';
import type { JsonValue } from '../../protocol/frames.js';
import type { ClientId } from '../../protocol/ids.js';

/** The text of a `message` that goes to one client. */
export const targetedText = (to: ClientId, from: ClientId, data: JsonValue): string =>
  encodeServerFrame({
    type: 'message',
    to: { client_id: to },
    message_id: randomUUID(),
    from,
    data,
    time: new Date().toISOString(),
  });
