import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fail, ok, type Result } from '../../../shared/core/result.ts';
import { type Manifest, ManifestSchema, type PackFile } from '../../../shared/model/manifest.ts';

export const MANIFEST_FILE = 'manifest.json';

/** What is wrong with a pack, one sentence each. */
export type PackProblems = readonly string[];

/** Reads `manifest.json` of a pack in a folder and holds it to the schema. */
export function readManifest(folder: string): Result<Manifest, PackProblems> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
  } catch (error) {
    return fail([`manifest.json can't be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = ManifestSchema.safeParse(content);
  if (parsed.success) return ok(parsed.data);
  return fail(
    parsed.error.issues.map((issue) => `manifest.json: ${issue.path.join('.') || 'document'}: ${issue.message}`),
  );
}

/** The manifest, if schema, files, sizes and sha256 all agree. A file that the manifest does not name is a problem too. */
export function verifyPackFolder(folder: string): Result<Manifest, PackProblems> {
  const manifest = readManifest(folder);
  if (!manifest.ok) return manifest;
  const listed = new Set(manifest.value.files.map((file) => file.path));
  const needed = [manifest.value.model.file, ...(manifest.value.text ? [manifest.value.text.tokenizer] : [])];
  const problems = [
    ...manifest.value.files.flatMap((file) => checkFile(folder, file)),
    ...needed
      .filter((path) => !listed.has(path))
      .map((path) => `${path}: the manifest uses it but files does not list it`),
    ...listFiles(folder)
      .filter((path) => path !== MANIFEST_FILE && !listed.has(path))
      .map((path) => `${path}: not listed in the manifest`),
  ];
  return problems.length === 0 ? manifest : fail(problems);
}

/** Path, size and sha256 of a file of the pack. */
export function describeFile(folder: string, path: string): PackFile {
  const bytes = readFileSync(join(folder, path));
  return { path, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** All files below the folder as paths with slashes, sorted; hidden files and folders are left out. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}

function checkFile(folder: string, expected: PackFile): string[] {
  const isThere = statSync(join(folder, expected.path), { throwIfNoEntry: false })?.isFile() ?? false;
  if (!isThere) return [`${expected.path}: missing`];
  const actual = describeFile(folder, expected.path);
  if (actual.sizeBytes !== expected.sizeBytes) {
    return [`${expected.path}: ${actual.sizeBytes} bytes, the manifest says ${expected.sizeBytes}`];
  }
  return actual.sha256 === expected.sha256 ? [] : [`${expected.path}: altered, its sha256 is not the manifest's`];
}
