import { describe, expect, it } from 'vitest';
import type { RevocableToken } from '../revocation-store.js';
import { clientNamed, openFor, work } from './world.js';
import type { OpenWorld } from './world.js';

const ADA = clientNamed('ada');
const BOB = clientNamed('bob');
const HOUR = 3_600_000;
const token = (fields: Partial<RevocableToken> = {}): RevocableToken => ({
  clientId: ADA,
  tokenId: 't1',
  issuedAtMs: 10_000,
  ...fields,
});

/** Tokens that were taken back. */
export const describeRevocations = (open: OpenWorld): void => {
  describe('revocations', () => {
    it('[token-7] of a token hold for that one, on every worker', async () => {
      const world = await openFor(open);
      const [one, other] = [await work(world, 'w1'), await work(world, 'w2')];
      const jti = 'a jti {with} anything: é';
      await one.broker.revocations.revoke({ kind: 'token', tokenId: jti }, HOUR);
      expect(
        await other.broker.revocations.areRevoked([
          token(),
          token({ tokenId: jti }),
          token({ tokenId: undefined }),
          token({ tokenId: jti, clientId: BOB, issuedAtMs: undefined }),
        ]),
      ).toEqual([false, true, false, true]);
      expect(await other.broker.revocations.areRevoked([])).toEqual([]);
    });

    it('[token-7] of a client hold for its tokens that were made until then, or do not say when', async () => {
      const { revocations } = (await work(await openFor(open), 'w1')).broker;
      await revocations.revoke({ kind: 'client', clientId: ADA, untilMs: 20_000 }, HOUR);
      const judged = [
        token(),
        token({ issuedAtMs: 20_000, tokenId: undefined }),
        token({ issuedAtMs: 21_000 }),
        token({ issuedAtMs: undefined }),
        token({ clientId: BOB }),
      ];
      expect(await revocations.areRevoked(judged)).toEqual([true, true, false, true, false]);
    });

    it('hold for as long as they are kept', async () => {
      const world = await openFor(open);
      const { revocations } = (await work(world, 'w1')).broker;
      await revocations.revoke({ kind: 'token', tokenId: 'short' }, 200);
      await revocations.revoke({ kind: 'token', tokenId: 'long' }, HOUR);
      await world.pass(300);
      const judged = [token({ tokenId: 'short' }), token({ tokenId: 'long' })];
      expect(await revocations.areRevoked(judged)).toEqual([false, true]);
    });
  });
};
