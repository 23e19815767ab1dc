import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { hostCookie } from "./cookie.ts";
import { sealed } from "./sealed.ts";
import type { PortalSettings } from "./settings.ts";

/** A sign-in under way: what GitHub's answer has to fit, and where the person was going. */
const Attempt = z.object({ state: z.string(), verifier: z.string(), to: z.string() });
type Attempt = z.infer<typeof Attempt>;

/** Seconds: as long as GitHub's code lives. */
const LIFE = 600;
const MAX_USED = 10_000;

export interface Attempts {
  begin(to: string): Promise<{ state: string; challenge: string; cookie: string }>;
  /** The attempt that an answer of GitHub's belongs to, once; undefined for none that this browser began. */
  take(request: Request, state: string | undefined): Promise<Pick<Attempt, "verifier" | "to"> | undefined>;
  clear(): string;
}

/**
 * Sign-ins that browsers have begun. State keeps others from signing a browser in as themselves; the verifier (PKCE) keeps a
 * code that somebody else got from being used here, and one that was seen from being used elsewhere. Source: RFC 9700.
 */
export function attempts(settings: PortalSettings, now: () => number): Attempts {
  const cookie = hostCookie("slipway-sign-in");
  const seals = sealed(settings, { schema: Attempt, purpose: "sign-in", life: LIFE, now });
  const used = new BoundedMap<string, true>(MAX_USED);
  return {
    async begin(to) {
      const [state, verifier] = [randomBytes(24).toString("base64url"), randomBytes(32).toString("base64url")];
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      return { state, challenge, cookie: cookie.set(await seals.seal({ state, verifier, to }), LIFE) };
    },
    async take(request, state) {
      const attempt = await seals.open(cookie.read(request));
      if (attempt === undefined || !isSame(attempt.state, state ?? "") || used.get(attempt.state)) return undefined;
      used.set(attempt.state, true);
      return attempt;
    },
    clear: () => cookie.clear(),
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}
