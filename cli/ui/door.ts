import { randomBytes } from "node:crypto";
import { holdsToken } from "../../api/known-callers.ts";
import type { Session } from "../../api/portal/request/host.ts";
import { BoundedMap } from "../../core/bounded-map.ts";

const MAX_LINKS = 10;
const MAX_BROWSERS = 100;

/** Who gets in: browsers that opened an address with a token that this process made, each of which works once. */
export interface Door {
  /** A new token, for one browser. */
  token(): string;
  /** The value of `set-cookie` for the browser that shows a token; undefined if it was used, or is none. */
  open(token: string): string | undefined;
  session(request: Request): Session | undefined;
}

/**
 * `port` names the cookie: browsers keep cookies by host alone, and two repositories may be served at once. Strict: no page of
 * another site opens anything here, not even by a link.
 */
export function openDoor(port: number): Door {
  const name = `slipway-ui-${port}`;
  const tokens = new BoundedMap<string, (given: string) => boolean>(MAX_LINKS);
  const browsers = new BoundedMap<string, Session>(MAX_BROWSERS);
  return {
    token() {
      const token = randomBytes(32).toString("base64url");
      tokens.set(token, holdsToken(token));
      return token;
    },
    open(given) {
      // Each is compared, in a time that says nothing of them.
      const [found] = tokens.entries().filter(([, isIt]) => isIt(given));
      if (found === undefined) return undefined;
      tokens.delete(found[0]);
      const secret = randomBytes(32).toString("base64url");
      browsers.set(secret, { id: randomBytes(12).toString("hex"), secret: randomBytes(32) });
      return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
    },
    session(request) {
      const pairs = (request.headers.get("cookie") ?? "").split(/; */);
      const given = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
      return given === undefined ? undefined : browsers.get(given);
    },
  };
}
