/** Makes ids of frames: unique among all clients of a session, also after a reload. */
export const frameIds = (): (() => string) => {
  const own = Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36).padStart(2, '0')).join(
    '',
  );
  let count = 0;
  return () => `${own}-${(count += 1)}`;
};
