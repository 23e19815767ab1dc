import type { Person } from "../../schemas/names.ts";
import { foreignPage, holdsToken } from "../known-callers.ts";
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

/**
 * Knows the clients of a server on a plain repository. Rejects with PERMISSION_DENIED a foreign page's request, and with
 * UNAUTHENTICATED one without the token.
 */
export function plainCallers({ person, hosts, token }: PlainOptions): (request: Request) => Promise<Caller> {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  const isKnown = token === undefined ? undefined : holdsToken(token);
  return async (request) => {
    const foreign = foreignPage(request, known, ", or start it with --allowed-hosts");
    if (foreign !== undefined) throw new MlflowError("PERMISSION_DENIED", foreign);
    if (isKnown?.(credential(request)) === false)
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
