/** The source can't be made into a dataset, for a reason that may be told. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}
