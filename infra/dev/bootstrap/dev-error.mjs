/** Something went wrong that the person at the keyboard can mend: what it is, and what to do. Printed without a stack. */
export class DevError extends Error {
  /** @param {string} message @param {string} remedy */
  constructor(message, remedy) {
    super(message);
    this.name = 'DevError';
    this.remedy = remedy;
  }
}
