import { isIP } from 'node:net';
import { z } from 'zod';

export const seconds = (fallback: number, least: number, most = 86_400) =>
  z.coerce.number().min(least).max(most).default(fallback);
export const count = (fallback: number, least = 1) => z.coerce.number().int().min(least).default(fallback);
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1' || value === 'yes');
const isCidr = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    rest.length === 0 &&
    isIP(address) !== 0 &&
    (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits))
  );
};

export const cidrs = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '' && part !== 'none'),
    )
    .refine((parts) => parts.every(isCidr), 'addresses or CIDR ranges, separated by commas, or none');
