/** @throws {Error} when the bench that started this gave none */
export const redisUrl = (): string => {
  const url = process.env['REDIS_URL'];
  if (url === undefined) throw new Error('REDIS_URL: the address of a Redis');
  return url;
};
