import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of the data folder with photographs of clothes and groceries, large and small, JPEG. */
const FOLDERS = [
  'image/clothing-small-128px/test',
  'image/grocery-store-128px/test',
  'image/grocery-store-128px/iconic-images-and-descriptions',
  'image/fashion-products/images',
];

/** Up to `perFolder` images of each folder that is there, taken evenly. */
export function realImages(dataFolder: string, perFolder: number): string[] {
  return FOLDERS.map((folder) => join(dataFolder, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(jpe?g|png|webp|gif)$/i.test(file))
        .sort();
      const step = Math.max(1, Math.floor(files.length / perFolder));
      return files
        .filter((_, index) => index % step === 0)
        .slice(0, perFolder)
        .map((file) => join(folder, file));
    });
}
