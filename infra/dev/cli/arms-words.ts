import type { Arm } from '../../../shared/customer/arms.ts';

/** A line for each arm: name, share, model, settings. */
export function armLines(arms: readonly Arm[]): string[] {
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  return arms.map(({ name, weight, model, settings }) => {
    const said = Object.keys(settings).length === 0 ? '' : `  ${JSON.stringify(settings)}`;
    return `  ${name}  ${percent(weight / total)}  ${model}${said}`;
  });
}

export function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
