import { z } from 'zod';

/** Lines that are named of each reason. */
export const MAX_LINES = 10;
/** Distinct reasons that are counted by themselves. */
const MAX_REASONS = 50;

/** Rows by what was done to them or why they were dropped, with the first lines. */
export const TallySchema = z.record(z.string(), z.object({ rows: z.int(), lines: z.array(z.int()) }));
export type Tally = z.infer<typeof TallySchema>;

/** Counts one more; changes the tally. */
export function countIn(tally: Tally, reason: string, line: number): void {
  const isRoom = tally[reason] !== undefined || Object.keys(tally).length < MAX_REASONS;
  const name = isRoom ? reason : 'another reason';
  const known = tally[name] ?? { rows: 0, lines: [] };
  known.rows++;
  if (known.lines.length < MAX_LINES) known.lines.push(line);
  tally[name] = known;
}
