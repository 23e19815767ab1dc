import type { Refusal } from "./refusal.ts";
import type { Reply } from "./route.ts";

/** `{"error":"…"}`: KServe's form of a refusal, and ours where no protocol has another. */
export function errorField({ status, message }: Refusal): Reply {
  return { status, body: { error: message } };
}
