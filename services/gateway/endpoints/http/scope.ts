import { json, type HttpRequest, type HttpResponse } from '../../transport/http.js';

export type Scope = 'cluster' | 'worker';

/** `?scope=`, whose figures are asked for. Undefined: it is neither. */
export const readScope = ({ query }: HttpRequest, fallback: Scope): Scope | undefined => {
  const asked = query.get('scope') ?? fallback;
  return asked === 'cluster' || asked === 'worker' ? asked : undefined;
};

export const refuseScope = ({ query }: HttpRequest): HttpResponse =>
  json(400, { error: `scope=${query.get('scope') ?? ''}: must be cluster or worker` });

export const clusterIsAway = (): HttpResponse =>
  json(503, { error: 'Redis is away: the cluster can not be asked; ?scope=worker works' });
