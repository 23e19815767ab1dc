import { timingSafeEqual } from "node:crypto";
import { sha256 } from "../../core/canonical.ts";
import type { Person } from "../../schemas/names.ts";
import { MlflowError } from "./errors.ts";
import type { Caller } from "./host.ts";

interface PlainOptions {
  /** Whom acts are recorded for: nobody can identify anybody else on a plain repository. */
  person: Person;
  /** The names that the server may be called by, without a port: what a page in a browser cannot take for its own. */
  hosts: readonly string[];
  /** What every request has to carry, as Bearer, or as Basic's password; undefined for no token. */
  token?: string | undefined;
}

/** The loopback's names. */
export const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Knows the clients of a server on a plain repository. A foreign page, opened in a browser on this machine, can send
 * requests here; if its name points at 127.0.0.1, it could read the answers. So a request has to name one of our own
 * names, and must come from no other page's origin.
 */
export function plainCallers({ person, hosts, token }: PlainOptions): (request: Request) => Promise<Caller> {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  const wanted = token === undefined ? undefined : digest(token);
  return async (request) => {
    const { host } = new URL(request.url);
    if (!known.has(withoutPort(request.headers.get("host") ?? host)))
      throw new MlflowError(
        "PERMISSION_DENIED",
        "This server is not called by that name: ask it by the address that it printed, or start it with --allowed-hosts.",
      );
    const origin = request.headers.get("origin");
    if (origin !== null && origin !== "null" && !known.has(withoutPort(origin.replace(/^https?:\/\//, ""))))
      throw new MlflowError("PERMISSION_DENIED", "Pages of other sites may not use this server.");
    if (origin === "null" || request.headers.get("sec-fetch-site") === "cross-site")
      throw new MlflowError("PERMISSION_DENIED", "Pages of other sites may not use this server.");
    if (wanted !== undefined && !timingSafeEqual(digest(credential(request) ?? ""), wanted))
      throw new MlflowError(
        "UNAUTHENTICATED",
        "This server asks for a token: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_PASSWORD with any user name.",
      );
    return { person };
  };
}

/** What a client sends to be known by: a Bearer token, or the password of Basic. */
export function credential(request: Request): string | undefined {
  const [, scheme = "", rest = ""] = /^(\w+) +(.+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return rest.trim();
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(rest, "base64").toString();
  return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : undefined;
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

/** Of one length, whatever is compared. */
function digest(value: string): Buffer {
  return Buffer.from(sha256(value), "hex");
}
