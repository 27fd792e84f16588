import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { describeBlobStore } from '../support/blob-store-contract.ts';

describeBlobStore('memory', createMemoryBlobStore);
