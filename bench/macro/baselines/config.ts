/** @throws {Error} when the bench that started this gave none */
export const redisUrl = (): string => {
  const url = process.env['REDIS_URL'];
  if (url === undefined) throw new Error('REDIS_URL: the address of a Redis');
  return url;
};

/** 0: any that is free. */
export const port = (): number => Number(process.env['PORT'] ?? 0);

/** Whether it says and keeps what users of the load test wait for: a welcome, a seat on `/ws/chat/`, where a log would end. */
export const speaksToUsers = (): boolean => process.env['FOR_USERS'] === '1';
