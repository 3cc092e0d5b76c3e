import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CLIENT_FRAME_TYPES } from '../../protocol/decode-client.js';
import { defineHandler } from './handler.js';
import { Handlers } from './handlers.js';
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
});
