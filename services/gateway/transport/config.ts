/** uWebSockets.js reads it when it is loaded: how large a request's head may be that comes in pieces. */
const HEAD_LIMIT = 'UWS_HTTP_MAX_HEADERS_SIZE';

/** The only way to tell it. */
export const limitHeads = (bytes: number): void => {
  process.env[HEAD_LIMIT] = String(bytes);
};
