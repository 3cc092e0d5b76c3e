import { accept, refuse, type Decoded } from './decoded.js';
import type { ServerFrame } from './frames.js';
import { isJsonObject, parseJson } from './json.js';
import { SERVER_DECODERS } from './server-decoders.js';

/**
 * One text frame from the server, for clients (docs/PROTOCOL.md, Frames, server to client). Never throws; fields that
 * are not in the specification are ignored, and a client ignores a frame that is `unknown_type`: a later version of the
 * server may send more.
 */
export const decodeServerFrame = (text: string): Decoded<ServerFrame> => {
  const value = parseJson(text);
  if (value === undefined) return refuse('invalid_json', 'not JSON: a frame is one JSON object');
  if (!isJsonObject(value)) return refuse('invalid_frame', 'a frame is a JSON object');
  const { type } = value;
  if (typeof type !== 'string') return refuse('invalid_frame', 'type must be a string');
  const decode = SERVER_DECODERS.get(type);
  if (decode === undefined) return refuse('unknown_type', 'unknown type');
  const frame = decode(value);
  return frame === undefined ? refuse('invalid_frame', `${type} with a missing or malformed field`) : accept(frame);
};
