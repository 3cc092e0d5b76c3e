import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Tells whether an `Authorization` header is the stack's own, `Bearer <CONTROL_TOKEN>`; in constant time. Without a
 * token nobody is the operator.
 */
export const operatorCheck = (token: string | undefined): ((authorization: string) => boolean) => {
  if (token === undefined) return () => false;
  const wanted = digest(`Bearer ${token}`);
  return (authorization) => authorization !== '' && timingSafeEqual(digest(authorization), wanted);
};
