import type { Colors } from "../colors.ts";

/** What a line of serving's log holds, of what a person reads. */
interface Logged {
  /** 30 is information, 40 a warning, 50 an error. */
  level: number;
  /** Milliseconds since 1970. */
  time: number;
  msg: string;
  model?: string;
  version?: number;
  reason?: string;
  route?: string;
  code?: number;
  ms?: number;
  rows?: number;
  why?: string;
  err?: { stack?: string };
}

/** A line of serving's log as a person reads it in a terminal: the time in UTC, whether it went well, and what it was. */
export function logLine(json: string, colors: Colors): string {
  const { level, time, msg, model, version, reason, route, code, ms, rows, why, err } = JSON.parse(json) as Logged;
  const mark = level >= 50 ? colors.red("✗") : level >= 40 ? colors.yellow("!") : colors.green("✓");
  const said = why ?? err?.stack ?? reason;
  const words =
    route === undefined
      ? [said === undefined ? msg : `${msg}: ${said}`]
      : [
          `${code} ${route}`,
          ...(model === undefined ? [] : [`${model}@${version}`]),
          ...(rows === undefined ? [] : [rows === 1 ? "1 row" : `${rows} rows`]),
          `${(ms ?? 0).toFixed(1)} ms`,
          ...(said === undefined ? [] : [said]),
        ];
  return `${colors.dim(`${new Date(time).toISOString().slice(11, 19)}Z`)} ${mark} ${words.join("  ")}`;
}
