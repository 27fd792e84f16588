import type { DatasetAnswer } from '../../../functions/prepare/contract.ts';

type Report = NonNullable<DatasetAnswer['report']>;

const MAX_LABELS_SHOWN = 15;

/** A report in lines for a terminal. */
export function describeReport(report: Report): string {
  const { rows, splits, labels, dropped, changed, drift } = report;
  const counted = (entries: Report['dropped']) =>
    entries.map(
      (entry) => `  ${String(entry.rows).padStart(7)}  ${entry.reason} (lines ${entry.lines.slice(0, 5).join(', ')})`,
    );
  const shown = labels.slice(0, MAX_LABELS_SHOWN).map(({ label, rows: all, train, validation, test }) => {
    return `  ${String(all).padStart(7)}  ${label} (${train} + ${validation} + ${test})`;
  });
  const drifted = drift?.features.map(
    ({ name, psi, hasDrifted }) => `${name} ${psi.toFixed(3)}${hasDrifted ? ' (drifted)' : ''}`,
  );
  return [
    `${report.name}, version ${report.version}: ${rows.kept} of ${rows.read} rows kept.`,
    `Train ${splits.train}, validation ${splits.validation}, test ${splits.test}.`,
    ...(labels.length > 0 ? ['Labels:', ...shown] : []),
    ...(labels.length > shown.length ? [`           and ${labels.length - shown.length} more`] : []),
    ...(dropped.length > 0 ? ['Dropped:', ...counted(dropped)] : []),
    ...(changed.length > 0 ? ['Changed:', ...counted(changed)] : []),
    ...(drifted ? [`Against ${drift?.previous}, stability index: ${drifted.join(', ')}.`] : []),
    ...report.warnings.map((warning) => `! ${warning}`),
  ].join('\n');
}
