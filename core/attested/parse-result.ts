import type { z } from "zod";
import { MonitorResult } from "../../schemas/monitoring.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { type Refused, refused } from "./refusal.ts";

/** A run's result from bytes that anybody may have written. */
export function parseResult(content: Buffer): RunResult | Refused {
  return parsed(RunResult, content);
}

/** What a run that monitors looked at, from bytes that anybody may have written. */
export function parseMonitorResult(content: Buffer): MonitorResult | Refused {
  return parsed(MonitorResult, content);
}

function parsed<Schema extends z.ZodType>(schema: Schema, content: Buffer): z.infer<Schema> | Refused {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    return refused("RESULT_INVALID", "The result is not JSON in UTF-8.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join(".").slice(0, 200) ?? "";
  return refused(
    "RESULT_INVALID",
    `The result cannot be read: ${where === "" ? "" : `${where}: `}${issue?.message.slice(0, 300) ?? "unknown"}.`,
    "Use the same release of Slipway in the workflow as the App's, then comment `/retry`.",
  );
}
