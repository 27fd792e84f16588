/** Which events a server accepted, by number: a byte each, up to as many as a few minutes can bring. */
export function createAcceptedEvents() {
  let marks = new Uint8Array(1 << 20);
  let count = 0;
  let end = 0;
  return {
    add(first, size) {
      while (first + size > marks.length) {
        const wider = new Uint8Array(marks.length * 2);
        wider.set(marks);
        marks = wider;
      }
      marks.fill(1, first, first + size);
      count += size;
      end = Math.max(end, first + size);
    },
    has: (n) => marks[n] === 1,
    get count() {
      return count;
    },
    /** One more than the greatest number. */
    get end() {
      return end;
    },
  };
}
