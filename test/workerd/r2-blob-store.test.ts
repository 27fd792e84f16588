import { env } from 'cloudflare:workers';
import { createR2BlobStore } from '../../shared/adapters/cloudflare/r2-blob-store.ts';
import { describeBlobStore } from '../support/blob-store-contract.ts';

describeBlobStore('R2', () => createR2BlobStore({ bucket: env.BUCKET }));
