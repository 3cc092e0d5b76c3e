import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Schema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, Readonly<{ schema: Schema }>>>;
type Told = Readonly<{ content: Content }>;
type Document = Readonly<{
  openapi: string;
  components: Readonly<{ schemas: Readonly<Record<string, Schema>> }>;
  paths: Readonly<
    Record<string, Readonly<{ post: Readonly<{ requestBody: Told; responses: Readonly<Record<string, Told>> }> }>>
  >;
}>;
export type ApiBody = Readonly<Record<string, unknown>>;
export type ApiAnswer = Readonly<{ status: number; body: ApiBody; headers: Headers }>;

/** Asks a worker's API, and holds every answer against the OpenAPI document that the worker serves. */
export class ApiClient {
  readonly document: Document;
  readonly http: string;
  readonly #key: string;
  readonly #ajv = new Ajv2020({ strict: true, allErrors: true });

  private constructor(http: string, key: string, document: Document) {
    this.http = http;
    this.#key = key;
    this.document = document;
    formats.default(this.#ajv);
  }

  static async of(http: string, key: string): Promise<ApiClient> {
    return new ApiClient(http, key, (await (await fetch(`${http}/api/openapi.json`)).json()) as Document);
  }

  async ask(name: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.http}/api/${name}`, {
      method: 'POST',
      headers: { 'X-API-Key': this.#key, ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    const answer = (await response.json()) as ApiBody;
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const validate = this.#validator(name, response.status, type);
    if (!validate(answer)) throw new Error(`${name} ${response.status}: ${JSON.stringify([answer, validate.errors])}`);
    return { status: response.status, body: answer, headers: response.headers };
  }

  /** Whether the document says that this may be asked. */
  takes(name: string, body: unknown): boolean {
    const told = this.document.paths[`/api/${name}`]?.post.requestBody.content['application/json'];
    return told !== undefined && this.#compile(told.schema)(body);
  }

  #validator(name: string, status: number, type: string): ValidateFunction {
    const told = this.document.paths[`/api/${name}`]?.post.responses[status]?.content[type];
    if (told === undefined) throw new Error(`the document has no ${name} with ${status} ${type}`);
    return this.#compile(told.schema);
  }

  #compile(schema: Schema): ValidateFunction {
    const { $ref: ref } = schema;
    const named = typeof ref === 'string' ? ref.replace('#/components/schemas/', '') : undefined;
    return this.#ajv.compile(named === undefined ? schema : this.document.components.schemas[named]!);
  }
}
