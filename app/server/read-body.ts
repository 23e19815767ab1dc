/** GitHub sends no webhook larger than this. */
export const MAX_BODY = 25 * 1024 * 1024;

/** How many bytes of bodies whose signature is not checked yet are held at once, over all requests. */
export class BodyBudget {
  readonly #bytes: number;
  #held = 0;

  constructor(bytes = 4 * MAX_BODY) {
    this.#bytes = bytes;
  }

  /** Resolves to the body; `large` where it is over `MAX_BODY`, `busy` where others hold too much, `broken` where it ends early. */
  async read(request: Request): Promise<Buffer | "large" | "busy" | "broken"> {
    // A length that is a lie is found out below; an honest one saves the reading.
    if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY) return "large";
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of request.body ?? []) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > MAX_BODY) return "large";
        if (this.#held > this.#bytes) return "busy";
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } catch {
      return "broken";
    } finally {
      this.#held -= size;
    }
  }
}
