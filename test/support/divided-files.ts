import type { Random } from './random.ts';

/** What a file of rows for `binary-classification` may look like, made up so that dividing it is hard. */
export interface MadeFile {
  readonly name: string;
  readonly text: string;
}

const SCORES = 1_000;
const COUNTRIES = ['NO', 'SE', 'Å–😀'];

/** CSV with cells in quotes over several lines, stray quotes, quotes never closed, blank lines, rows that are wrong. */
export function makeCsv(random: Random, rows: number, longCell = 0): MadeFile {
  const lineEnd = random.pick(['\n', '\r\n']);
  const header = random.pick(['label,score,note,country', '"label","sc""ore","no\nte",country']);
  const lines = [header.replace('sc""ore', 'score'), ...Array.from({ length: rows }, () => csvLine(random, longCell))];
  const body = lines.join(lineEnd);
  const start = random.pick(['', '\ufeff', '\n', '\r\n\n']);
  return { name: 'rows.csv', text: `${start}${body}${random.pick(['', lineEnd, lineEnd + lineEnd])}` };
}

function csvLine(random: Random, longCell: number): string {
  const [label, score] = [random.below(2), random.below(SCORES) / SCORES];
  const country = random.pick(COUNTRIES);
  switch (random.below(12)) {
    case 0:
      return `${label},${score},"over\n${'several\n'.repeat(random.below(6))}lines, ""said""",${country}`;
    case 1:
      return `${label},${score},5" pipe,${country}`;
    case 2:
      return `${label},high,,${country}`;
    case 3:
      return random.pick(['', `${label},${score}`, '"text"after,1,2,3']);
    case 4:
      return random.below(6) === 0 ? `"never closed,${score},x,${country}` : `${label},${score},"",${country}`;
    case 5:
      return `${label},${score},"1,0.5,x\n0,0.25,""y\n1,1,z",${country}`;
    case 6:
      return `${label},${score},${'x'.repeat(random.below(longCell + 1))},${country}`;
    default:
      return `${label},${score},plain,${country}`;
  }
}

/** NDJSON with blank lines, lines that are no rows, keys in other orders, other names at the beginning. */
export function makeNdjson(random: Random, rows: number, longCell = 0): MadeFile {
  const lineEnd = random.pick(['\n', '\r\n']);
  const names = random.pick([
    ['label', 'score'],
    ['y_true', 'y_score'],
  ]);
  const lines = Array.from({ length: rows }, () => ndjsonLine(random, names, longCell));
  const start = random.pick(['', '\ufeff', '\n', ' \n\n']);
  return {
    name: 'rows.ndjson',
    text: `${start}{"${names[0]}":1,"${names[1]}":0.5,"country":"NO"}${lineEnd}${lines.join(lineEnd)}${random.pick(['', lineEnd])}`,
  };
}

function ndjsonLine(random: Random, [label, score]: readonly string[], longCell: number): string {
  const row = { [label as string]: random.below(2), [score as string]: random.below(SCORES) / SCORES };
  const country = random.pick(COUNTRIES);
  switch (random.below(12)) {
    case 0:
      return random.pick(['', '  ', '[1]', '{"label":', '\ufeff{"label":1,"score":0.5}']);
    case 1:
      return JSON.stringify({ ...row, [score as string]: 'high' });
    case 2:
      return JSON.stringify({ country, note: 'a"b\\c\n', ...row });
    case 3:
      return JSON.stringify({ ...row, country, note: 'x'.repeat(random.below(longCell + 1)) });
    case 4:
      return JSON.stringify(row);
    default:
      return JSON.stringify({ ...row, country });
  }
}
