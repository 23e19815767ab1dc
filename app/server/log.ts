import pino from "pino";
import type { Logger } from "probot";
import { withCauses } from "../github/causes.ts";
import type { Secrets } from "../github/secrets.ts";

/**
 * The App's log: one JSON object a line, `delivery` names the webhook. Without pino's worker threads, which a bundle
 * has no files for; and each line goes through `secrets` on its way out.
 */
export function openLog(
  level: string,
  secrets: Secrets,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Logger {
  const options = { level, name: "slipway", serializers: { err: describeError, error: describeError } };
  return pino(options, { write: (line: string) => write(secrets.hide(line)) });
}

/** What helps to mend it. Octokit's errors hold whole requests and answers: people's words, and no help. */
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
