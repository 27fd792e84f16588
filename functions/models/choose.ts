import type { Metric } from '../../shared/model/manifest.ts';
import type { ModelEntry } from '../../shared/model/registry.ts';
import type { Choice, Criteria, Trial } from './contract.ts';

const BYTES_PER_MB = 1_000_000;

/** A model that fits, why, and how it did on the caller's rows if it ran on them. */
export interface Candidate {
  readonly entry: ModelEntry;
  readonly reasons: readonly string[];
  readonly trial?: Trial;
}

/** Splits models into those that fit the criteria and those that don't, each with the reason. */
export function select(
  models: readonly ModelEntry[],
  criteria: Omit<Criteria, 'prefer'>,
): { candidates: Candidate[]; excluded: Choice['excluded'] } {
  const candidates: Candidate[] = [];
  const excluded: Choice['excluded'] = [];
  for (const entry of models) {
    const reason = findMisfit(entry, criteria);
    if (reason === null) candidates.push({ entry, reasons: describe(entry) });
    else excluded.push({ name: entry.manifest.name, reason });
  }
  return { candidates, excluded };
}

/**
 * The best first. With a trial: accuracy on the caller's labels decides, else agreement with the other candidates times
 * confidence; without one, the mean lower bound of the published accuracies. `speed` puts time (or size) first.
 */
export function rank(candidates: readonly Candidate[], prefer: Criteria['prefer']): Candidate[] {
  const speed = (candidate: Candidate) => candidate.trial?.millisecondsPerRow ?? sizeOf(candidate.entry) / BYTES_PER_MB;
  const byQuality = (a: Candidate, b: Candidate) => quality(b) - quality(a);
  const bySpeed = (a: Candidate, b: Candidate) => speed(a) - speed(b);
  return [...candidates].sort((a, b) =>
    prefer === 'quality' ? byQuality(a, b) || bySpeed(a, b) : bySpeed(a, b) || byQuality(a, b),
  );
}

export function sizeOf(entry: ModelEntry): number {
  return entry.manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

/** What a trial says, in words. */
export function explainTrial(trial: Trial): string[] {
  const reasons: string[] = [];
  if (trial.accuracy) {
    const [low, high] = trial.accuracy.interval;
    const share = `${percent(trial.accuracy.value)} (95 %: ${percent(low)} to ${percent(high)})`;
    reasons.push(`right on ${share} of your ${trial.accuracy.rows} labelled rows`);
  }
  if (trial.unknownLabels.length > 0) reasons.push(`does not have your labels ${trial.unknownLabels.join(', ')}`);
  if (trial.agreement !== null)
    reasons.push(`agrees with the other candidates on ${percent(trial.agreement)} of your rows`);
  reasons.push(`mean confidence ${percent(trial.meanConfidence)} on your rows`);
  if (trial.millisecondsPerRow !== null) reasons.push(`${trial.millisecondsPerRow.toFixed(2)} ms a row`);
  return reasons;
}

function findMisfit(entry: ModelEntry, criteria: Omit<Criteria, 'prefer'>): string | null {
  const { task, languages } = entry.manifest;
  if (task !== criteria.task) return `it is for ${task}`;
  if (criteria.language !== undefined && !knowsLanguage(languages, criteria.language)) {
    return `it knows ${languages.join(', ') || 'no stated language'}, not ${criteria.language}`;
  }
  const sizeMb = sizeOf(entry) / BYTES_PER_MB;
  if (criteria.maxSizeMb !== undefined && sizeMb > criteria.maxSizeMb) {
    return `it has ${sizeMb.toFixed(1)} MB, over ${criteria.maxSizeMb}`;
  }
  return null;
}

/** `zh-CN` is served by a model for `zh` (RFC 4647 lookup: the tag is shortened until it is found). */
function knowsLanguage(languages: readonly string[], wanted: string): boolean {
  const known = new Set(languages.map((language) => language.toLowerCase()));
  for (let tag = wanted.toLowerCase(); tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    if (known.has(tag)) return true;
  }
  return false;
}

function describe(entry: ModelEntry): string[] {
  const { languages, labels } = entry.manifest;
  const reasons = [`${(sizeOf(entry) / BYTES_PER_MB).toFixed(1)} MB`];
  if (languages.length > 0) reasons.push(`knows ${languages.join(', ')}`);
  if (labels) reasons.push(`${labels.length} labels`);
  for (const metric of accuracies(entry)) {
    const interval = metric.interval ? ` (95 %: ${percent(metric.interval[0])} to ${percent(metric.interval[1])})` : '';
    const where = [metric.dataset, metric.split, metric.note].filter((part) => part !== undefined).join(', ');
    reasons.push(`accuracy ${percent(metric.value)}${interval} on ${where}`);
  }
  return reasons;
}

function quality(candidate: Candidate): number {
  if (candidate.trial?.accuracy) return candidate.trial.accuracy.value;
  if (candidate.trial) return (candidate.trial.agreement ?? 1) * candidate.trial.meanConfidence;
  const bounds = accuracies(candidate.entry).map((metric) => metric.interval?.[0] ?? metric.value);
  return bounds.length === 0 ? 0 : bounds.reduce((sum, bound) => sum + bound, 0) / bounds.length;
}

function accuracies(entry: ModelEntry): readonly Metric[] {
  return entry.manifest.metrics.filter((metric) => metric.name === 'accuracy');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
