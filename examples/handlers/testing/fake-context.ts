import type { HandlerContext } from 'switchyard/handlers';
import { vi } from 'vitest';

/** A call whose effects are noted, of a client `ada`; publications count from 1. */
export const fakeContext = (session: HandlerContext['session'] = sessionOf('ada')) => {
  let offset = 0;
  return {
    type: 'test',
    id: 'a',
    session,
    log: {
      debug: vi.fn<() => void>(),
      info: vi.fn<() => void>(),
      warn: vi.fn<() => void>(),
      error: vi.fn<() => void>(),
    },
    signal: new AbortController().signal,
    reply: vi.fn<HandlerContext['reply']>(),
    publish: vi.fn<HandlerContext['publish']>(async () => ({ epoch: 'e', offset: (offset += 1), duplicate: false })),
    send: vi.fn<HandlerContext['send']>(async () => 0),
    tasks: { start: vi.fn<HandlerContext['tasks']['start']>(async () => ({ id: 't', duplicate: false })) },
    forbidden: (message: string) => new Error(message),
    invalid: (message: string) => new Error(message),
  } satisfies HandlerContext;
};

export const sessionOf = (clientId: string): HandlerContext['session'] => ({
  clientId,
  connectionId: `connection of ${clientId}`,
  subject: undefined,
  info: undefined,
});
