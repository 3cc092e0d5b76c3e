import type { ClientErrorCode } from './error-codes.js';
import type { FrameId } from './ids.js';

/** Why a text is not a frame. `id` is the frame's own, when it carries a valid one. */
export type Refused = Readonly<{ ok: false; code: ClientErrorCode; message: string; id?: FrameId }>;

/** What decoding a text gives: a frame, or a typed refusal. Decoding never throws. */
export type Decoded<T> = Readonly<{ ok: true; frame: T }> | Refused;

export const accept = <T>(frame: T): Decoded<T> => ({ ok: true, frame });

export const refuse = (code: ClientErrorCode, message: string, id?: FrameId): Refused =>
  id === undefined ? { ok: false, code, message } : { ok: false, code, message, id };
