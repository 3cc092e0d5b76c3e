/** A text frame from a client, in bytes of UTF-8; a larger one is closed with 1009. */
export const MAX_FRAME_BYTES = 64 * 1024;
/** Levels of arrays and objects in a frame; a deeper one is `invalid_frame`. */
export const MAX_JSON_DEPTH = 128;
export const HISTORY_LIMIT_DEFAULT = 100;
export const HISTORY_LIMIT_MAX = 1000;
export const PRESENCE_LIMIT_DEFAULT = 100;
export const PRESENCE_LIMIT_MAX = 1000;
/** Bytes of publications in one `history` answer. */
export const HISTORY_MAX_BYTES = 256 * 1024;
