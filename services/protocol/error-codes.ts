/** Errors that are the client's fault: the frame had no effect at all, and it counts against `max_client_errors`. */
export const CLIENT_ERRORS = [
  'invalid_json',
  'invalid_frame',
  'unknown_type',
  'invalid_channel',
  'forbidden',
  'not_subscribed',
  'too_large',
] as const;
/**
 * Errors that are not the client's fault and are never counted against it. `overloaded`: refused, no effect;
 * `unavailable`: Redis is away, the outcome is unknown, send it again with the same id.
 */
export const SERVER_ERRORS = ['overloaded', 'unavailable', 'internal'] as const;

export type ClientErrorCode = (typeof CLIENT_ERRORS)[number];
export type ServerErrorCode = (typeof SERVER_ERRORS)[number];
export type ErrorCode = ClientErrorCode | ServerErrorCode;
