import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MOOD_LABELS, type TinyPack } from '../../support/tiny-pack.ts';

/** A folder with these files, removed when the test is over. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemark-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
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
