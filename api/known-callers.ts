import { timingSafeEqual } from "node:crypto";
import { sha256 } from "../core/canonical.ts";

/** The loopback's names. */
export const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Why a request to a server on this machine may be a foreign page's; undefined if it is none. A foreign page, opened in a
 * browser on this machine, can send requests here; if its name points at 127.0.0.1, it could read the answers. So a request
 * has to name one of the server's own names (in lower case, without a port), and must come from no other page's origin.
 * `hint` says what else helps whoever used another name.
 */
export function foreignPage(request: Request, hosts: ReadonlySet<string>, hint = ""): string | undefined {
  if (!hosts.has(withoutPort(request.headers.get("host") ?? new URL(request.url).host)))
    return `This server is not called by that name: ask it by the address that it printed${hint}.`;
  const origin = request.headers.get("origin");
  const isForeign =
    origin === "null" || (origin !== null && !hosts.has(withoutPort(origin.replace(/^https?:\/\//, ""))));
  if (isForeign || request.headers.get("sec-fetch-site") === "cross-site")
    return "Pages of other sites may not use this server.";
  return undefined;
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

/** Whether a request carries the token, found out in a time that does not depend on what it carries. */
export function holdsToken(token: string): (given: string | undefined) => boolean {
  const wanted = digest(token);
  return (given) => timingSafeEqual(digest(given ?? ""), wanted);
}

/** Of one length, whatever is compared. */
function digest(value: string): Buffer {
  return Buffer.from(sha256(value), "hex");
}
