import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CLIENT_FRAME_TYPES } from '../../protocol/decode-client.js';
import { defineHandler } from './handler.js';
import { Handlers } from './handlers.js';
import { CallOver } from './run.js';
import { SERVER_DECODERS } from '../../protocol/server-decoders.js';

const of = (type: string, file = '/app/cart.mjs') => ({
  handler: defineHandler({ type, schema: z.null(), handle: () => {} }),
  file,
});

describe('Handlers', () => {
  it('are found by their type', () => {
    const add = of('cart.add');
    const handlers = new Handlers([add, of('Cart-2_x')]);
    expect([...handlers.types]).toEqual(['cart.add', 'Cart-2_x']);
    expect(handlers.of('cart.add')).toBe(add.handler);
    expect(handlers.of('cart.remove')).toBeUndefined();
  });

  it.each([...CLIENT_FRAME_TYPES, 'ack', 'message', 'reply', 'error', 'system.anything'])(
    'refuse %s, which is of the protocol, and name the file [handler-6]',
    (type) => {
      expect(() => new Handlers([of(type)])).toThrow(`/app/cart.mjs: the type "${type}" is the protocol's own`);
    },
  );

  it('leave to the application every type with a dot but system.* [handler-6]', () => {
    const own = [...CLIENT_FRAME_TYPES, ...SERVER_DECODERS.keys()];
    expect(own.filter((type) => type.includes('.') && !type.startsWith('system.'))).toEqual([]);
  });

  it.each(['', '1st', 'a b', 'ä', '.a', 'a:b', 'x'.repeat(65)])('refuse the type %j', (type) => {
    expect(() => new Handlers([of(type)])).toThrow(`the type ${JSON.stringify(type)} must be of the form`);
  });

  it('refuse two of one type, and name both files', () => {
    expect(() => new Handlers([of('cart.add'), of('b'), of('cart.add', '/app/shop.mjs')])).toThrow(
      '/app/shop.mjs: the type "cart.add" has a handler already, in /app/cart.mjs',
    );
  });

  it('know an error that nobody caught for theirs: by its stack, or because a call was given it', () => {
    const handlers = new Handlers([of('cart.add', '/app/handlers/cart.mjs')]);
    const at = (place: string): Error => Object.assign(new Error('x'), { stack: `Error: x\n    at ${place}` });
    expect(handlers.hasLost(at('tick (file:///app/handlers/cart.mjs:3:9)'))).toBe(true);
    expect(handlers.hasLost(at('tick (file:///app/handlers/shared/prices-AB12.mjs:3:9)'))).toBe(true);
    expect(handlers.hasLost(at('tick (file:///app/handlers/other.mjs:3:9)'))).toBe(false);
    expect(handlers.hasLost('x')).toBe(false);
    expect(handlers.hasLost(new CallOver('out of a loop that nobody waits for'))).toBe(true);
    const given = at('link (file:///app/dist/link.js:3:9)');
    expect(handlers.hasLost(given)).toBe(false);
    handlers.saw(given);
    expect(handlers.hasLost(given)).toBe(true);
    expect(new Handlers().hasLost(at('tick (file:///app/handlers/cart.mjs:3:9)'))).toBe(false);
  });
});
