import type { ClientFrame, HistoryFrame, JsonValue, ServerFrame } from './frames.js';
import type { ChannelName, ClientId, Epoch, FrameId, Offset } from './ids.js';

/** The text of a frame. Lone surrogates in strings come out as escapes, so that the text is always valid UTF-8. */
export const encodeClientFrame = (frame: ClientFrame): string => JSON.stringify(frame);
export const encodeServerFrame = (frame: ServerFrame): string => JSON.stringify(frame);

/**
 * The part of a publication that its publisher decides, as the inside of a JSON object: `"from":…,"data":…`. It is
 * encoded once, where the publication enters the cluster; logs and frames only carry it on.
 */
export const publicationBody = (from: ClientId, data: JsonValue): string =>
  `"from":"${from}","data":${JSON.stringify(data)}`;

/** The text of the `ack` of a publish, which is one of the frames that go out most. `id` is what the client gave it. */
export const ackFrameText = (
  channel: ChannelName,
  accepted: Readonly<{ epoch: Epoch; offset: Offset; duplicate: boolean }>,
  messageCount: number,
  id: FrameId | undefined,
): string => {
  const { epoch, offset, duplicate } = accepted;
  const head = id === undefined ? '{"type":"ack"' : `{"type":"ack","id":${JSON.stringify(id)}`;
  const tail = duplicate ? ',"duplicate":true}' : '}';
  return `${head},"channel":"${channel}","epoch":${JSON.stringify(epoch)},"offset":${offset},"message_count":${messageCount}${tail}`;
};

/** The text of a `system.pong` frame. `timeIso` is ISO 8601 in UTC. */
export const pongFrameText = (timeIso: string, id: FrameId | undefined): string =>
  id === undefined
    ? `{"type":"system.pong","time":"${timeIso}"}`
    : `{"type":"system.pong","id":${JSON.stringify(id)},"time":"${timeIso}"}`;

/** The text of a `message` frame. `body` comes from `publicationBody`, `timeIso` is ISO 8601 in UTC. */
export const messageFrameText = (
  channel: ChannelName,
  epoch: Epoch,
  offset: Offset,
  timeIso: string,
  body: string,
): string =>
  `{"type":"message","channel":"${channel}","epoch":${JSON.stringify(epoch)},"offset":${offset},${body},"time":"${timeIso}"}`;

/** A publication with its body still encoded. `timeMs` is the time of its acceptance, ms since 1970. */
export type EncodedPublication = Readonly<{ epoch: Epoch; offset: Offset; timeMs: number; body: string }>;

/** The text of a `history` frame, from a frame without its publications and the encoded publications, oldest first. */
export const historyFrameText = (
  frame: Omit<HistoryFrame, 'publications'>,
  publications: readonly EncodedPublication[],
): string => `${JSON.stringify(frame).slice(0, -1)},"publications":[${publications.map(publicationText).join(',')}]}`;

const publicationText = ({ epoch, offset, timeMs, body }: EncodedPublication): string =>
  `{"epoch":${JSON.stringify(epoch)},"offset":${offset},${body},"time":"${new Date(timeMs).toISOString()}"}`;
