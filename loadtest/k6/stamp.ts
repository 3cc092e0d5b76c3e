import type { MessageFrame, PublishFrame } from '../../services/protocol/frames.ts';
import { now } from './plan.ts';

/** What members say: when they said it. */
export const stamp = (): PublishFrame['data'] => ({ sent: now() });

/** Undefined: somebody else talks in that channel too. */
export const sentAt = ({ data }: MessageFrame): number | undefined =>
  typeof data === 'object' && data !== null && 'sent' in data && typeof data['sent'] === 'number'
    ? data['sent']
    : undefined;
