export type Target = Readonly<{ path: '/ws' | '/ws/chat/'; clientId: string }>;

/** The address of the worker, or of the proxy, that served this page. */
export const socketUrl = (target: Target, session: string | undefined): URL => {
  const url = new URL(target.path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (session !== undefined) url.searchParams.set('session', session);
  if (target.clientId !== '') url.searchParams.set('client_id', target.clientId);
  return url;
};
