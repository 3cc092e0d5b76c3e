import { isIP } from 'node:net';
import { z } from 'zod';
import { pathsIn } from '../../application/modules.js';
import { isOriginRule } from '../identity/origins.js';

export const seconds = (fallback: number, least: number, most = 86_400) =>
  z.coerce.number().min(least).max(most).default(fallback);
export const count = (fallback: number, least = 1) => z.coerce.number().int().min(least).default(fallback);
const truth = z.enum(['true', 'false', '1', '0', 'yes', 'no']);
const isTrue = (value: z.infer<typeof truth>): boolean => value === 'true' || value === '1' || value === 'yes';
export const flag = (fallback: boolean) => truth.default(fallback ? 'true' : 'false').transform(isTrue);
/** Undefined: other settings decide. */
export const openFlag = () => truth.optional().transform((value) => (value === undefined ? undefined : isTrue(value)));
const isCidr = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    rest.length === 0 &&
    isIP(address) !== 0 &&
    (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits))
  );
};

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Of a server. Its secrets have settings of their own: this one is shown. */
export const webAddress = () =>
  z
    .url({ protocol: /^https?$/, error: 'an http:// or https:// address', abort: true })
    .refine(
      (url) => new URL(url).username === '' && new URL(url).password === '',
      'an address without name and password',
    );

export const paths = () => z.string().default('').transform(pathsIn);

/** Undefined: other settings decide. */
export const origins = () =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined ? undefined : list(text)))
    .refine(
      (rules) => rules === undefined || (rules.length > 0 && rules.every(isOriginRule)),
      'origins such as https://app.example.com or https://*.example.com, self or *, separated by commas',
    );

export const cidrs = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) => list(text).filter((part) => part !== 'none'))
    .refine((parts) => parts.every(isCidr), 'addresses or CIDR ranges, separated by commas, or none');
