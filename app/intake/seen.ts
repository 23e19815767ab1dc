/** The deliveries that were taken: at most `limit` ids, the oldest forgotten first. */
export class SeenEvents {
  readonly #limit: number;
  readonly #ids = new Set<string>();

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** So that it may come again. */
  forget(id: string): void {
    this.#ids.delete(id);
  }
}
