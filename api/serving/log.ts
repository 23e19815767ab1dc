import pino from "pino";

/** Where serving says what it does: an object of facts, and a sentence. */
export type ServeLog = Pick<pino.Logger, "debug" | "info" | "warn" | "error">;

/** One JSON object a line. It does not use pino's worker threads, since a bundle has no files for them. No value of a request is ever in it. */
export function openServeLog(level: string, write: (line: string) => void): ServeLog {
  return pino({ level, name: "slipway-serve" }, { write });
}
