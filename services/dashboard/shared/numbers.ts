const FORMAT = new Intl.NumberFormat('en');

/** `10,000` */
export const formatCount = (count: number): string => FORMAT.format(count);
