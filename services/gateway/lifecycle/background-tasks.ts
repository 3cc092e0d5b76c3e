/** Every loop that a worker runs in its background: a fixed list, so that a label of it stays bounded. */
export const BACKGROUND_TASKS = [
  'hub_pace',
  'hub_positions',
  'hub_idle',
  'hub_busiest',
  'presence',
  'places',
  'place_asks',
  'beats',
  'idle_checks',
  'touches',
  'lease',
  'sampler',
  'leavings',
  'snapshots',
  'stream_heartbeats',
  'token_keys',
  'revocations',
  'offenders',
] as const;
export type BackgroundTask = (typeof BACKGROUND_TASKS)[number];
