import type { Interval } from '../metric.ts';

/** 1234.5 as `1,234.5`. */
export function inWords(value: number, decimals: number): string {
  const rounded = value.toFixed(decimals);
  // No minus before a zero.
  const [whole = '', fraction] = (Number(rounded) === 0 ? (0).toFixed(decimals) : rounded).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `95 %: 0.40 to 2.00`. */
export function intervalInWords([low, high]: Interval, level: number, decimals: number): string {
  return `${percentInWords(level)}: ${inWords(low, decimals)} to ${inWords(high, decimals)}`;
}

/** 0.95 as `95 %`, 0.999 as `99.9 %`. */
export function percentInWords(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
