import type { SplitName } from './dataset-manifest.ts';

/** Where a tenant's datasets live: a folder a name, in it a folder a version, in it the manifest and the parts of each split. */
export function datasetsPrefix(tenant: string): string {
  return `tenants/${tenant}/datasets/`;
}

export function datasetPrefix(tenant: string, name: string): string {
  return `${datasetsPrefix(tenant)}${name}/`;
}

export function datasetVersionPrefix(tenant: string, name: string, version: string): string {
  return `${datasetPrefix(tenant, name)}${version}/`;
}

/** The **last** object of a version that is written: a version without it is not there. */
export function datasetManifestKey(tenant: string, name: string, version: string): string {
  return `${datasetVersionPrefix(tenant, name, version)}manifest.json`;
}

/** A part's path relative to its version: part `place` of a split, counted from 0. */
export function datasetPartPath(split: SplitName, place: number): string {
  return `${split}/${String(place).padStart(5, '0')}.ndjson.gz`;
}

/** What was read, dropped and kept, for people: beside the manifest, written before it. */
export function datasetReportKey(tenant: string, name: string, version: string): string {
  return `${datasetVersionPrefix(tenant, name, version)}report.json`;
}
