import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Text files of the data folder: short and long, English and Chinese, tweets with emoji, bytes that are not UTF-8. */
const FILES = [
  'text/banking77/test.csv',
  'text/chinese-sentiment/waimai_10k.csv',
  'text/chinese-sentiment/ChnSentiCorp_htl_all.csv',
  'text/clinc150/data_full.json',
  'text/fewclue-tnews/test.json',
  'text/harvard-sent-conv/raw/custrev.pos',
  'text/harvard-sent-conv/raw/rt-polarity.neg',
  'text/harvard-sent-conv/stsa.fine.test',
  'text/tweeteval/sentiment/test_text.txt',
  'text/tweeteval/irony/test_text.txt',
];

/** Up to `perFile` lines of each file that is there, taken evenly over the whole file. */
export function realLines(dataFolder: string, perFile: number): string[] {
  return FILES.map((file) => join(dataFolder, file))
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const lines = readFileSync(path, 'utf8').split('\n');
      const step = Math.max(1, Math.floor(lines.length / perFile));
      return lines.filter((_, index) => index % step === 0).slice(0, perFile);
    });
}
