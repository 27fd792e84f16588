/** What an axis covers and where its marks are. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly marks: readonly number[];
}

const WANTED_MARKS = 5;
/** Leading digits of steps that read well. */
const STEPS = [1, 2, 2.5, 5, 10];

/** An axis over the values with marks at round numbers; what lies within 0 to 1 is shown from 0 to 1. */
export function axisOver(values: readonly number[]): Axis {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  if (from > to) [from, to] = [0, 1];
  // Wide enough that what fills little of 0 to 1 is still shown closely.
  if (from >= 0 && to <= 1 && to - from > 0.3) [from, to] = [0, 1];
  if (from === to) [from, to] = from === 0 ? [-1, 1] : [from - Math.abs(from) / 2, to + Math.abs(to) / 2];
  const step = roundStep((to - from) / WANTED_MARKS);
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  const marks = Array.from({ length: last - first + 1 }, (_, place) => clean((first + place) * step));
  return { from: marks[0] as number, to: marks.at(-1) as number, marks };
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (STEPS.find((step) => step * power >= least * 0.999) ?? 10) * power;
}

/** Without the last digits that adding and multiplying leave. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}
