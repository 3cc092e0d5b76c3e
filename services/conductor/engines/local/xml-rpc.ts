import { request } from 'node:http';
import { Failure } from '../../failure.js';

export type XmlValue = string | number | boolean | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** The answer to a call was a fault. */
export class Fault extends Error {
  override readonly name = 'Fault';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const unescape = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');

export const encodeCall = (method: string, parameters: readonly (string | boolean)[]): string => {
  const values = parameters.map((value) =>
    typeof value === 'string' ? `<string>${escape(value)}</string>` : `<boolean>${value ? 1 : 0}</boolean>`,
  );
  const wrapped = values.map((value) => `<param><value>${value}</value></param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${wrapped}</params></methodCall>`;
};

/** Reads tags one by one; supervisor's answers hold only strings, ints, booleans, arrays and structs. */
class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(xml: string) {
    this.#tokens = xml.match(/<[^>]+>|[^<]+/g) ?? [];
  }

  find(...tags: readonly string[]): string | undefined {
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at++] ?? '';
      if (tags.includes(token)) return token;
    }
    return undefined;
  }

  text(): string {
    const token = this.#tokens[this.#at] ?? '';
    if (token.startsWith('<')) return '';
    this.#at += 1;
    return unescape(token);
  }

  /** From behind `<value>` to behind `</value>`. */
  value(): XmlValue {
    const bare = this.text();
    const tag = this.#tokens[this.#at++];
    if (tag === '</value>') return bare;
    const value = this.#typed(tag ?? '');
    this.find('</value>');
    return value;
  }

  #typed(tag: string): XmlValue {
    switch (tag) {
      case '<array>':
        return this.#array();
      case '<struct>':
        return this.#struct();
      case '<boolean>':
        return this.text() === '1';
      case '<int>':
      case '<i4>':
      case '<double>':
        return Number(this.text());
      default:
        return this.text();
    }
  }

  #array(): readonly XmlValue[] {
    const values: XmlValue[] = [];
    while (this.find('<value>', '</array>') === '<value>') values.push(this.value());
    return values;
  }

  #struct(): { readonly [name: string]: XmlValue } {
    const members: { [name: string]: XmlValue } = {};
    while (this.find('<name>', '</struct>') === '<name>') {
      const name = this.text();
      this.find('<value>');
      members[name] = this.value();
    }
    return members;
  }
}

/** @throws {Fault} when the answer is one */
export const decodeAnswer = (xml: string): XmlValue => {
  const reader = new Reader(xml);
  const kind = reader.find('<fault>', '<param>');
  reader.find('<value>');
  const value = reader.value();
  if (kind !== '<fault>') return value;
  const fault = typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  const members = new Map(fault);
  throw new Fault(Number(members.get('faultCode') ?? 0), JSON.stringify(members.get('faultString') ?? 'unknown fault'));
};

/** One call over a unix socket. `timeoutMs` bounds the whole call. */
export const call = (
  socketPath: string,
  method: string,
  parameters: readonly (string | boolean)[],
  timeoutMs: number,
): Promise<XmlValue> =>
  new Promise((resolve, reject) => {
    const body = encodeCall(method, parameters);
    const fail = (error: Error): void => {
      reject(new Failure(`supervisord did not answer ${method}: ${error.message}`, { cause: error }));
    };
    const outgoing = request(
      {
        socketPath,
        path: '/RPC2',
        method: 'POST',
        headers: { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          try {
            resolve(decodeAnswer(Buffer.concat(chunks).toString('utf8')));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
