import pino from "pino";
import type { Logger } from "probot";
import { withCauses } from "../github/causes.ts";
import type { Secrets } from "../github/secrets.ts";

/**
 * The App's log: one JSON object a line, in which `delivery` names the webhook. It does not use pino's worker
 * threads, since a bundle has no files for them. Each line goes through `secrets` on its way out.
 */
export function openLog(
  level: string,
  secrets: Secrets,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Logger {
  const options = { level, name: "slipway", serializers: { err: describeError, error: describeError } };
  return pino(options, { write: (line: string) => write(secrets.hide(line)) });
}

/**
 * What of an error helps to mend it. Octokit's errors hold whole requests and answers: they hold people's words, and
 * do not help.
 */
export function describeError(error: unknown): unknown {
  const [first, ...causes] = [...withCauses(error)].map((each) => {
    const { name, message, code, status } = each as Record<string, unknown>;
    return {
      type: name,
      message,
      code,
      status,
    };
  });
  if (first === undefined) return String(error);
  const { stack } = error as Error;
  return { ...first, stack, ...(causes.length === 0 ? {} : { causes }) };
}
