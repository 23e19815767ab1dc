import { hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { Account } from "../../github/account.ts";
import { hostCookie } from "./cookie.ts";
import { keyFor, sealed } from "./sealed.ts";
import type { PortalSettings } from "./settings.ts";

/** One browser in which a person is signed in. It is in the browser's cookie, sealed: the App keeps none. */
export const SignedIn = z.object({
  /** New at every sign-in: whatever a browser carried before is nobody's session. */
  id: z.string().min(20).max(50),
  account: Account,
  /** The person's token for this App. */
  token: z.string().min(1).max(500),
});
export type SignedIn = z.infer<typeof SignedIn>;

/** Seconds: then GitHub is asked again, who sends the person straight back. */
const LIFE = 3_600;
const MAX_ENDED = 10_000;

export interface Sessions {
  /** The value of `set-cookie` for a person who has just signed in. */
  begin(account: Account, token: string): Promise<string>;
  of(request: Request): Promise<SignedIn | undefined>;
  /** What this session's forms are sealed with. */
  secret(session: SignedIn): Buffer;
  /** Ends a session for whoever carries its cookie. Its token has to be taken back at GitHub: that outlives this process. */
  end(session: SignedIn): void;
  clear(): string;
}

export function sessions(settings: PortalSettings, now: () => number): Sessions {
  const cookie = hostCookie("slipway");
  const seals = sealed(settings, { schema: SignedIn, purpose: "session", life: LIFE, now });
  const formKey = keyFor(settings, "forms");
  const ended = new BoundedMap<string, true>(MAX_ENDED);
  return {
    async begin(account, token) {
      const { id, login } = account;
      const session = { id: randomBytes(18).toString("base64url"), account: { id, login }, token };
      return cookie.set(await seals.seal(session), LIFE);
    },
    async of(request) {
      const session = await seals.open(cookie.read(request));
      return session === undefined || ended.get(session.id) ? undefined : session;
    },
    secret: ({ id }) => Buffer.from(hkdfSync("sha256", formKey, id, "forms of a session", 32)),
    end: ({ id }) => ended.set(id, true),
    clear: () => cookie.clear(),
  };
}
