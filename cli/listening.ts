import { SlipwayError } from "../core/errors.ts";

/** A port as it is written on a command line. Throws USAGE. */
export function portNumber(written: string): number {
  const port = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new SlipwayError("USAGE", `${written} is no port`, {
    expected: "a number from 0 to 65535; 0 for any free one",
  });
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there already",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
};

/** Why a server cannot listen where it was told to. */
export function cannotListen(host: string, port: number, cause: unknown): SlipwayError {
  const { code = "" } = cause as { code?: string };
  const words = WHY[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new SlipwayError("USAGE", `the server cannot listen on ${host}:${port}: ${words}`, {
    hint: `name another port: --port ${port < 65_535 ? port + 1 : port - 1}, or 0 for any free one`,
    cause,
  });
}

/** The address of a server, as people on this machine type it. */
export function urlOf(host: string, port: number): string {
  const reached = host === "0.0.0.0" || host === "::" || host === "[::]" ? "127.0.0.1" : host;
  return `http://${reached.includes(":") && !reached.startsWith("[") ? `[${reached}]` : reached}:${port}`;
}
