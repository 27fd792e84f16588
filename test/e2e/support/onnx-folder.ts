import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MOOD_LABELS, type TinyPack } from '../../support/tiny-pack.ts';

/** A temporary folder with these files. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemark-folder-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** The tiny pack as a foreign Hugging Face folder: the same graph and tokenizer with config.json, without our manifest. */
export function huggingFaceFolder(pack: TinyPack): string {
  const files = Object.fromEntries([...pack.files].filter(([path]) => path !== 'manifest.json'));
  const id2label = Object.fromEntries((pack.manifest.labels ?? MOOD_LABELS).map((label, id) => [id, label]));
  return folderWith({ ...files, 'config.json': JSON.stringify({ model_type: 'bert', id2label }) });
}
