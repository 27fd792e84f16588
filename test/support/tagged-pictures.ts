import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A photograph of a test split and its right label by attribute. */
export interface TaggedPicture {
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The official test splits that the starter image packs were measured on, by pack. */
export const TEST_SPLITS: Readonly<Record<string, (dataFolder: string) => TaggedPicture[]>> = {
  clothing: (dataFolder) => {
    const base = join(dataFolder, 'image/clothing-small-128px/test');
    return readdirSync(base).flatMap((type) =>
      readdirSync(join(base, type)).map((file) => ({ path: join(base, type, file), labels: { type } })),
    );
  },
  grocery: (dataFolder) => {
    const base = join(dataFolder, 'image/grocery-store-128px');
    const classes = lines(join(base, 'classes.csv'))
      .slice(1)
      .map((line) => line.split(','));
    const fine = new Map(classes.map((columns) => [columns[1], columns[0]]));
    const coarse = new Map(classes.map((columns) => [columns[3], columns[2]]));
    return lines(join(base, 'test.txt')).map((line) => {
      const [path = '', fineNumber, coarseNumber] = line.split(', ');
      return {
        path: join(base, path),
        labels: { coarse: coarse.get(coarseNumber) ?? '', fine: fine.get(fineNumber) ?? '' },
      };
    });
  },
};

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split(/\r?\n/);
}
