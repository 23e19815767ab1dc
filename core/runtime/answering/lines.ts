const NEWLINE = 10;

/**
 * Bytes that come in pieces of any size, as whole lines without their newline. A line of more than `most` bytes is told as
 * undefined as soon as that is known, and nothing after it is told.
 */
export function splitLines(most: number, onLine: (line: Buffer | undefined) => void): (piece: Buffer) => void {
  let held: Buffer[] = [];
  let size = 0;
  let isOver = false;
  return (piece) => {
    for (let from = 0; !isOver; ) {
      const end = piece.indexOf(NEWLINE, from);
      const part = piece.subarray(from, end < 0 ? undefined : end);
      size += part.length;
      isOver = size > most;
      held.push(part);
      if (isOver || end >= 0) {
        const line = isOver ? undefined : held.length === 1 ? part : Buffer.concat(held, size);
        [held, size] = [[], 0];
        onLine(line);
      }
      if (end < 0) return;
      from = end + 1;
    }
  };
}
