/** A request whose body, if it has one, was not read yet. */
export type RequestHead = Readonly<{
  path: string;
  query: URLSearchParams;
  /** Empty: it is not there, or has no value. Bytes from 0x80 on at either end of a value are missing in it: uWebSockets.js takes them for blanks. */
  header(name: string): string;
  hasHeader(name: string): boolean;
  /** Address of the client: from `X-Real-IP` when a trusted proxy asks, else the peer's. */
  ip: string;
}>;

export type HttpRequest = RequestHead &
  Readonly<{
    /** At most 64 KiB, or what the route says, of UTF-8: any other is answered with 413 or 400 before the route is asked. */
    body: string;
  }>;

export type HttpResponse = Readonly<{
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}>;

export type HttpMethod = 'get' | 'post' | 'del' | 'put' | 'patch' | 'options';

export interface HttpRoute {
  readonly method: HttpMethod;
  /** uWebSockets.js pattern; a trailing slash is accepted too, unless it ends in `*`. */
  readonly path: string;
  /** Asked before the body is read. An answer: it is not read, and `handle` is not asked. */
  refuse?(head: RequestHead): HttpResponse | undefined;
  /** Of the largest body that it takes; 64 KiB where it does not say. */
  readonly maxBodyBytes?: number;
  /** Its answer to a larger one, where it has one of its own. */
  tooLarge?(): HttpResponse;
  /** Its answer to one that is not UTF-8, where it has one of its own. */
  notUtf8?(): HttpResponse;
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

/** Of an answer that is no page: no browser guesses its type, frames it, or runs what is in it. */
export const NO_PAGE = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...NO_PAGE, ...headers },
  body: `${JSON.stringify(body)}\n`,
});
