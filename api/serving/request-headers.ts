import { randomUUID } from "node:crypto";

/** The client's own id for a request if it may stand in a log as it is; otherwise a new one. */
export function requestId(given: string | undefined): string {
  return given !== undefined && /^[\w.:+=-]{1,128}$/.test(given) ? given : randomUUID();
}

/** What keeps a client with one version during a rollout: any text of up to 256 characters that can be seen. */
export function requestKey(given: string | undefined): string | undefined {
  return given !== undefined && /^[\x20-\x7e]{1,256}$/.test(given) ? given : undefined;
}

/** A W3C Trace Context header of any version of it; undefined if it is none: such a one is dropped, and no fault. */
export function traceparent(given: string | undefined): string | undefined {
  const [whole, version, trace = "", parent = "", rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[\x21-\x7e]{0,200})?$/.exec(given?.trim() ?? "") ?? [];
  const isValid =
    version !== "ff" && !/^0+$/.test(trace) && !/^0+$/.test(parent) && (version !== "00" || rest === undefined);
  return isValid ? whole : undefined;
}
