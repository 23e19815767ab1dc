import { milliseconds } from "../../core/duration.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { RequestLogPlace } from "../../core/serving/request-log/place.ts";
import type { loadPolicy } from "../../core/spec/project.ts";
import { isOfEachClone, parseStore } from "../../core/stores/address.ts";
import { openNamedStore } from "../../core/stores/open/open-named.ts";

/**
 * The request log that the policy names; undefined where it names none. No server of this machine fills the spool. Rejects with
 * ARTIFACT_NOT_DURABLE for a folder that each clone has for itself, and as parseStore does.
 */
export function openRequestLog(
  { policy, path, position }: Pick<Awaited<ReturnType<typeof loadPolicy>>, "policy" | "path" | "position">,
  { spool, env }: { spool: string; env: Readonly<Record<string, string | undefined>> },
): RequestLogPlace | undefined {
  const log = policy.monitor?.requests;
  if (log === undefined) return undefined;
  const at = { file: path, ...position(["monitor", "requests", "store"]) };
  const { uri } = parseStore(log.store, at, "monitor.requests.store");
  if (isOfEachClone(uri)) {
    throw new SlipwayError("ARTIFACT_NOT_DURABLE", "The policy names no request log that a job on GitHub can read", {
      ...at,
      expected: "`monitor.requests.store` in slipway.yaml: `oci:`, `s3:`, or a folder that runners and servers share",
      found: uri,
      hint: "docs/request-log.md has the stores that servers and jobs share.",
    });
  }
  return {
    store: openNamedStore(log.store, "/", at, env),
    spool,
    sample: log.sample,
    keep: log.keep === undefined ? undefined : milliseconds(log.keep),
  };
}
