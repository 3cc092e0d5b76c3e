import { z } from 'zod';

const listed = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const isAddressOrRange = (text: string): boolean =>
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()].some((form) => form.safeParse(text).success);

/** Addresses and CIDR ranges, separated by commas, or nothing. */
export const addressRanges = z
  .string()
  .default('')
  .transform((text) => listed(text).join(','))
  .refine((text) => listed(text).every(isAddressOrRange), 'addresses or CIDR ranges, separated by commas');

/** @param text what `addressRanges` let through */
export const rangesIn = listed;
