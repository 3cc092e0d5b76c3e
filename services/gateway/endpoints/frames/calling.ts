import { asApplication, type Scope } from '../../../application/scope.js';
import type { ErrorCode } from '../../../protocol/error-codes.js';
import type { ApplicationFrame } from '../../../protocol/frames.js';
import { BrokerOverloaded, BrokerUnavailable } from '../../broker/channel-log.js';
import type { Handler } from '../../handlers/handler.js';
import { HandlerRefusal, Run, type Outcome } from '../../handlers/run.js';
import type { Session } from '../../session/session.js';
import { offenderOf } from '../offender.js';
import { CallContext } from './call-context.js';
import { CallSession } from './call-session.js';
import type { FrameConnection } from './frame-connection.js';
import type { InFlight } from './in-flight.js';

/** The calls of handlers that one connection makes, from the frame to the answer [handler-1]. */
export class Calling {
  readonly #connection: FrameConnection;
  readonly #inFlight: InFlight;
  /** Given up or not: each is there until its work has ended [handler-4]. */
  readonly #runs = new Set<Run>();
  #caller: CallSession | undefined;

  constructor(connection: FrameConnection, inFlight: InFlight) {
    this.#connection = connection;
    this.#inFlight = inFlight;
  }

  take(frame: ApplicationFrame): void {
    const { context, refusals, session } = this.#connection;
    const handler = context.handlers.of(frame.name);
    if (handler === undefined || session === undefined) return;
    const { mostOfConnection } = context.runningCalls;
    if (this.#runs.size >= mostOfConnection) {
      this.#connection.giveBack();
      refusals.refuse(
        'overloaded',
        `${mostOfConnection} calls of this connection still run; nothing was done`,
        frame.id,
      );
      return;
    }
    this.#inFlight.add(this.#call(handler, frame, session));
  }

  /** Nobody is there for an answer: what runs is told so. */
  closed(): void {
    for (const run of this.#runs) run.cut();
  }

  /** Never rejects. Resolves when the client has been answered. */
  async #call(handler: Handler, frame: ApplicationFrame, session: Session): Promise<void> {
    const { context, metrics } = this.#connection;
    const startedAt = performance.now();
    this.#caller ??= new CallSession(this.#connection, session);
    const caller = this.#caller;
    let call: CallContext | undefined;
    const scope: Scope = {
      name: handler.type,
      lost: (error) =>
        this.#tell(handler.type, { event: 'handler_failed', error }, 'Handler failed outside of its calls'),
    };
    const run = new Run((signal) => {
      const data = checked(handler, frame);
      call = new CallContext(this.#connection, frame, caller, signal);
      const given = call;
      return asApplication(scope, () => handler.handle(given, data));
    }, context.handlerTimeoutMs);
    this.#keep(run);
    const outcome = await run.outcome;
    metrics.handlerCalled(handler.type, outcome.kind, (performance.now() - startedAt) / 1000);
    this.#answer(outcome, frame, call);
  }

  #keep(run: Run): void {
    const { runningCalls } = this.#connection.context;
    this.#runs.add(run);
    runningCalls.began();
    void run.ended.finally(() => {
      this.#runs.delete(run);
      runningCalls.ended();
    });
  }

  #answer(outcome: Outcome, frame: ApplicationFrame, call: CallContext | undefined): void {
    const { context, refusals } = this.#connection;
    const { id, name } = frame;
    const refuse = (code: ErrorCode, message: string): void => {
      if (call?.hasReplied !== true) refusals.refuse(code, message, id);
    };
    if (outcome.kind !== 'refused') refusals.understood();
    switch (outcome.kind) {
      case 'done':
        if (call?.hasReplied !== true) call?.replyNothing();
        return;
      case 'refused':
        refuse(outcome.refusal.code, outcome.refusal.message);
        return;
      case 'timed_out':
        this.#tell(name, { event: 'handler_timed_out' }, 'Handler took too long: its call was given up');
        refuse('internal', `${name} took more than ${context.handlerTimeoutMs / 1000} s; the outcome is unknown`);
        return;
      case 'failed':
        this.#tell(name, { event: 'handler_failed', error: outcome.error }, 'Handler failed');
        if (outcome.error instanceof BrokerOverloaded) {
          this.#connection.giveBack();
          refuse('overloaded', `${name}: too many messages wait; what it had done before stands`);
        } else if (outcome.error instanceof BrokerUnavailable) {
          this.#connection.giveBack();
          refuse('unavailable', `${name} needed Redis; the outcome is unknown`);
        } else {
          refuse('internal', `${name} failed; the outcome is unknown`);
        }
        return;
      case 'cut':
        return;
      default:
        outcome satisfies never;
    }
  }

  /** Thinned out: a client can have a handler fail as often as it likes. */
  #tell(handler: string, fields: Readonly<{ event: string; error?: unknown }>, words: string): void {
    const { context } = this.#connection;
    const what = `${fields.event} ${handler}`;
    context.offenders.take({ ...offenderOf(this.#connection), what }, Date.now(), () => {
      const all = { ...this.#connection.connectionLogFields, ...fields, handler };
      return (told) => context.logger.error({ ...all, ...told }, words);
    });
  }
}

/** What the schema makes of the frame's data. @throws HandlerRefusal naming the field */
const checked = (handler: Handler, { data }: ApplicationFrame): unknown => {
  const { success, data: value, error } = handler.schema.safeParse(data);
  if (success) return value;
  const [issue] = error.issues;
  const field = ['data', ...(issue?.path ?? [])].map(String).join('.');
  throw new HandlerRefusal('invalid_frame', `${field}: ${issue?.message ?? 'malformed'}`);
};
