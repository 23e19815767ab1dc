/**
 * The same bytes, each part once the next is there, and the last once the source has ended well. Whoever was told how many there
 * are sees that they are not whole, if what comes last is an error.
 */
export async function* heldBack(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (held !== undefined) yield held;
}
