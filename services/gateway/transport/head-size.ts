import type { HttpRequest as UwsRequest } from 'uWebSockets.js';

/** Path, query and headers of a request together. Room for a token and the cookies of other applications. */
export const MAX_HEAD_BYTES = 16 * 1024;

/** uWebSockets.js itself bounds only a head that comes in pieces; one that comes at once has what its buffer holds. */
export const isHeadTooLarge = (request: UwsRequest): boolean => {
  // Its declarations lack that there may be no query.
  const query: string | undefined = request.getQuery();
  let bytes = request.getUrl().length + (query?.length ?? 0);
  request.forEach((name, value) => {
    bytes += name.length + value.length;
  });
  return bytes > MAX_HEAD_BYTES;
};

export const HEAD_TOO_LARGE = {
  status: 431,
  error: `path, query and headers may have ${MAX_HEAD_BYTES / 1024} KiB together`,
} as const;
