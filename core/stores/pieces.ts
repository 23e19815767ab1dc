/**
 * Chunks put together to pieces of at least `size` bytes; the last may be smaller. Whoever waits for each piece with a limit of
 * time waits for no server that sends byte by byte. What came before the chunks broke off is given before the error.
 */
export async function* inPieces(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      held.push(chunk);
      bytes += chunk.length;
      if (bytes < size) continue;
      yield Buffer.concat(held, bytes);
      [held, bytes] = [[], 0];
    }
  } catch (error) {
    if (bytes > 0) yield Buffer.concat(held, bytes);
    throw error;
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}
