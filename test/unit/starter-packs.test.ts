import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../shared/core/hex.ts';
import { STARTERS, starterManifest, starterNames } from '../support/starter-packs.ts';

const MAX_PACK_BYTES = {
  'text-classification': 4_000_000,
  'image-classification': 3_000_000,
  recommendation: 4_000_000,
};

describe.each(starterNames())('starter pack %s', (name) => {
  const manifest = starterManifest(name);

  it('has the files, sizes and hashes of its manifest', async () => {
    for (const file of manifest.files) {
      const bytes = new Uint8Array(readFileSync(`${STARTERS}${name}/${file.path}`));
      expect(bytes.byteLength).toBe(file.sizeBytes);
      expect(await sha256Hex(bytes)).toBe(file.sha256);
    }
  });

  it('stays within the size of a starter pack of its task', () => {
    const limit = MAX_PACK_BYTES[manifest.task as keyof typeof MAX_PACK_BYTES];
    expect(manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)).toBeLessThanOrEqual(limit);
  });

  it('states every figure with its interval, data and rows', () => {
    expect(manifest.metrics.length).toBeGreaterThan(0);
    for (const metric of manifest.metrics) {
      const [low, high] = metric.interval ?? [Number.NaN, Number.NaN];
      expect(low).toBeLessThanOrEqual(metric.value);
      expect(high).toBeGreaterThanOrEqual(metric.value);
      expect(metric.rows).toBeGreaterThan(0);
    }
  });
});
