/**
 * Makes the arrays that Edgemark and scikit-learn are given, and the files that Edgemark reads, from a seed. Arguments: a folder, the
 * rows of the arrays, the rows of the files.
 *
 * Two classes: labels are 1 in a fifth of all rows; a normal feature stands 1.5 deviations apart between them, and the score is the
 * probability that follows from it, so that the model is calibrated. Ten classes: the first are more frequent, four of five
 * predictions are right, the others by chance. Rankings: ten of 10,000 items each, some far more popular than others, of which one to
 * three are relevant. Drift: four features, which stand a little higher in the current sample than in the reference.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../shared/core/seeded-random.ts';

const SEED = 20261124;
const POSITIVES = 0.2;
const APART = 1.5;
const CLASSES = 10;
const RIGHT = 0.8;
const DECIMALS = 6;
const ITEMS = 10_000;
const RANKED = 10;
const COUNTRIES = ['AT', 'CH', 'DE', 'DK', 'FR', 'IT', 'NL', 'PL'];
/** Deviations by which the current sample stands higher. */
const MOVED = 0.1;

const [, , folder = '', arrayRows = '', fileRows = ''] = process.argv;
const arrays = makeArrays(Number(arrayRows));
for (const [name, array] of Object.entries(arrays)) writeFileSync(join(folder, name), array);
for (const [name, file] of Object.entries(filesOf(arrays))) {
  const lines = Array.from({ length: Math.ceil(Number(fileRows) * (file.share ?? 1)) }, (_, row) => file.line(row));
  writeFileSync(join(folder, name), (file.header ?? '') + lines.join(''));
}

function makeArrays(rows) {
  const random = seededRandom(SEED);
  const made = {
    'labels.u8': new Uint8Array(rows),
    'scores.f64': new Float64Array(rows),
    'truths.u8': new Uint8Array(rows),
    'predictions.u8': new Uint8Array(rows),
  };
  const odds = Math.log(POSITIVES / (1 - POSITIVES));
  for (let row = 0; row < rows; row++) {
    const label = random.next() < POSITIVES ? 1 : 0;
    const feature = random.normal() + (label - 0.5) * APART;
    const truth = Math.floor(CLASSES * random.next() ** 1.5);
    made['labels.u8'][row] = label;
    made['scores.f64'][row] = 1 / (1 + Math.exp(-(APART * feature + odds)));
    made['truths.u8'][row] = truth;
    made['predictions.u8'][row] = random.next() < RIGHT ? truth : random.below(CLASSES);
  }
  return made;
}

/** What each file's rows look like; `share`: how many of the rows it has, as those of ten numbers are long. */
function filesOf({ 'labels.u8': labels, 'scores.f64': scores, 'truths.u8': truths, 'predictions.u8': predictions }) {
  const short = (row) => Number(scores[row].toFixed(DECIMALS));
  const random = seededRandom(SEED + 1);
  return {
    'scores.ndjson': { line: (row) => `{"label":${labels[row]},"score":${short(row)}}\n` },
    'scores.csv': { header: 'label,score\n', line: (row) => `${labels[row]},${short(row)}\n` },
    'long-scores.ndjson': { line: (row) => `{"label":${labels[row]},"score":${scores[row]}}\n` },
    'long-scores.csv': { header: 'label,score\n', line: (row) => `${labels[row]},${scores[row]}\n` },
    'classes.ndjson': { line: (row) => `{"label":"class ${truths[row]}","prediction":"class ${predictions[row]}"}\n` },
    'classes.csv': { header: 'label,prediction\n', line: (row) => `class ${truths[row]},class ${predictions[row]}\n` },
    'rankings.ndjson': { line: (row) => `${JSON.stringify(ranking(row, random))}\n` },
    'drift.ndjson': { line: (row) => `${JSON.stringify(observation(row, random))}\n` },
    'probabilities.ndjson': {
      share: 1 / 4,
      line: (row) => `{"label":"class ${truths[row]}","scores":${probabilities(predictions[row], short(row))}}\n`,
    },
  };
}

/** Ten numbers that sum to 1: the predicted class has at least a half, the others the same share of the rest. */
function probabilities(predicted, score) {
  const best = (1 + score) / 2;
  const other = (1 - best) / (CLASSES - 1);
  const shares = Array.from(
    { length: CLASSES },
    (_, c) => `"class ${c}":${(c === predicted ? best : other).toFixed(DECIMALS)}`,
  );
  return `{${shares.join(',')}}`;
}

function ranking(row, random) {
  const item = () => `item ${Math.floor(ITEMS * random.next() ** 3)}`;
  const ranked = new Set();
  while (ranked.size < RANKED) ranked.add(item());
  const relevant = Array.from({ length: 1 + random.below(3) }, () =>
    random.next() < 0.5 ? [...ranked][random.below(RANKED)] : item(),
  );
  return { queryId: `query ${row}`, relevant, ranked: [...ranked] };
}

function observation(row, random) {
  const isCurrent = row % 2 === 1;
  const normal = () => random.normal() + (isCurrent ? MOVED : 0);
  return {
    sample: isCurrent ? 'current' : 'reference',
    age: Math.round(45 + 12 * normal()),
    price: Number(Math.exp(3 + normal()).toFixed(2)),
    score: Number((1 / (1 + Math.exp(-normal()))).toFixed(DECIMALS)),
    country: COUNTRIES[Math.floor(COUNTRIES.length * random.next() ** 1.5)],
  };
}
