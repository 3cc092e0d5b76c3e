import { AsyncLocalStorage } from 'node:async_hooks';

/** Code of the application that was called: what it begins and does not wait for is known as its own, however long after. */
export type Scope = Readonly<{
  name: string;
  /** It threw, or rejected, where nobody was waiting. */
  lost(error: unknown): void;
}>;

const scopes = new AsyncLocalStorage<Scope | undefined>();

export const asApplication = <T>(scope: Scope, work: () => T): T => scopes.run(scope, work);

/** What the application has our own code do is no work of its own: an error of that is ours. */
export const asOurs = <T>(work: () => T): T => scopes.run(undefined, work);

/**
 * Whose error it is that nobody caught; undefined: ours. To be asked in the listeners of the process, which Node calls where the
 * error comes from: in a timer, in a promise that a library made, also where the error has no stack or is none.
 */
export const culprit = (): Scope | undefined => scopes.getStore();
