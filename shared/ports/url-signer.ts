/**
 * Makes addresses by which whoever knows them may read or write one object, for a while and without credentials (SigV4 query
 * authentication): https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export interface UrlSigner {
  /** `ttlSeconds` is at most 604,800, seven days. */
  toRead(key: string, ttlSeconds: number): Promise<string>;
  toWrite(key: string, ttlSeconds: number): Promise<string>;
}
