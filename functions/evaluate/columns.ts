import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { ColumnSpec } from '../../shared/metrics/task.ts';

/** Which of the file's columns holds which of the task's: `{"label": "visit"}`. */
export type ColumnMapping = Readonly<Record<string, string>>;

/** Columns that an error lists at most. */
const MAX_LISTED = 40;

/**
 * Which column is what: as the caller says; else of the same name but for case and signs; else by a name that the task knows for it.
 * Each column goes to one name at most. A required one that is not found is named in the failure.
 */
export function mapColumns(
  specs: readonly ColumnSpec[],
  present: readonly string[],
  said: ColumnMapping,
): Outcome<ColumnMapping> {
  for (const [name, column] of Object.entries(said)) {
    if (!specs.some((spec) => spec.name === name))
      return invalidField(
        `columns.${name}`,
        `the task has no such column; it has ${list(specs.map((spec) => spec.name))}`,
      );
    if (!present.includes(column))
      return invalidField(`columns.${name}`, `there is no column "${column}"; there are ${list(present)}`);
  }
  const mapping: Record<string, string> = { ...said };
  const free = new Set(present.filter((column) => !Object.values(said).includes(column)));
  const give = (isIt: (spec: ColumnSpec, column: string) => boolean) => {
    for (const spec of specs) {
      if (mapping[spec.name] !== undefined) continue;
      const column = present.find((candidate) => free.has(candidate) && isIt(spec, candidate));
      if (column === undefined) continue;
      mapping[spec.name] = column;
      free.delete(column);
    }
  };
  give((spec, column) => column === spec.name);
  give((spec, column) => plain(column) === plain(spec.name));
  const rank = Math.max(0, ...specs.map((spec) => spec.aliases.length));
  for (let place = 0; place < rank; place++) give((spec, column) => plain(column) === spec.aliases[place]);
  const missing = specs.find((spec) => spec.isRequired && mapping[spec.name] === undefined);
  if (!missing) return ok(mapping);
  const message = `is needed, and no column is known for it (${missing.description}) Say which one holds it; there are ${list(present)}`;
  return invalidField(`columns.${missing.name}`, message);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).map((name) => `"${name.slice(0, 60)}"`);
  return names.length > MAX_LISTED ? `${shown.join(', ')} …` : shown.join(', ') || 'none';
}
