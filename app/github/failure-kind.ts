import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { withCauses } from "./causes.ts";
import { retryAfter } from "./rate-limit.ts";

/** What another attempt may mend. The rest of the codes is about what was given, or is broken for good. */
const TEMPORARY: ReadonlySet<ReasonCode> = new Set([
  "REMOTE_FAILED",
  "REGISTRY_MOVED",
  "GIT_FAILED",
  "LOCKED",
  "STORE_FAILED",
  "STORE_TIMEOUT",
  "STORE_UNREACHABLE",
  "SYSTEM_FAILED",
]);

const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR_|EMFILE|ENOSPC|ABORT_ERR)/;

/** Whether a failure may go away by itself: then the event is handled again, and nobody is told yet. */
export function isTemporary(error: unknown): boolean {
  return retryAfter(error, Date.now()) !== undefined || failureKind(error) === "temporary";
}

/** The kind of a failure, by its code, its status or its name. An `unknown` one may be a bug. */
export function failureKind(error: unknown): "temporary" | "final" | "unknown" {
  if (error instanceof SlipwayError && !TEMPORARY.has(error.code)) return "final";
  for (const each of withCauses(error)) {
    if (each instanceof SlipwayError && TEMPORARY.has(each.code)) return "temporary";
    const { status, code, name } = each as { status?: unknown; code?: unknown; name?: unknown };
    if (typeof status === "number" && (status >= 500 || status === 429)) return "temporary";
    if (typeof code === "string" && NETWORK.test(code)) return "temporary";
    if (name === "TimeoutError") return "temporary";
  }
  return "unknown";
}
