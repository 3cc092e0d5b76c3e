/** What a client's promises reject with. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
}

/** The client has ended: by `close()`, or by a close code after which it does not come back. */
export class ClientClosed extends ClientError {
  override readonly name = 'ClientClosed';

  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(reason === '' ? `the client is closed (${code})` : `the client is closed (${code}, ${reason})`);
  }
}

/** The server, or the library before it, refused a frame; `code` is one of docs/PROTOCOL.md, Errors. */
export class Refused extends ClientError {
  override readonly name: string = 'Refused';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

export class PublishRefused extends Refused {
  override readonly name = 'PublishRefused';
}

/** Too many publishes are not yet acked. Nothing was sent, or with `drop-oldest` this one will not be sent again. */
export class QueueFull extends ClientError {
  override readonly name = 'QueueFull';
}

/** There is no connection, or it ended before the answer came: then the outcome is unknown. */
export class ConnectionLost extends ClientError {
  override readonly name = 'ConnectionLost';
}
