/** Characters that a step's summary holds safely: GitHub takes 1 MiB, and a character may be four bytes. */
export const SUMMARY_LIMIT = 250_000;
