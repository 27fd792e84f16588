import { fromJsonBytes } from '../../shared/core/json-bytes.ts';
import { datasetReportKey } from '../../shared/dataset/dataset-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { type Report, ReportSchema } from './report.ts';

/** The report of a version, or null where it is not there, or is of other code. */
export async function readReport(
  store: BlobStore,
  tenant: string,
  name: string,
  version: string,
): Promise<Report | null> {
  const found = await store.get(datasetReportKey(tenant, name, version));
  if (found.kind === 'missing') return null;
  const parsed = ReportSchema.safeParse(fromJsonBytes(await found.bytes()));
  return parsed.success ? parsed.data : null;
}
