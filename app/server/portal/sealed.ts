import { hkdfSync } from "node:crypto";
import { sealData, unsealData } from "iron-session";
import type { z } from "zod";
import type { PortalSettings } from "./settings.ts";

/** Values that only this App can make and read, whoever carries them; each with its end in it. */
export interface Sealed<Value> {
  seal(value: Value): Promise<string>;
  /** Undefined for what was changed, what has ended, what another App sealed or for another purpose, and anything else. */
  open(text: string | undefined): Promise<Value | undefined>;
}

export interface SealedOptions<Value> {
  schema: z.ZodType<Value>;
  /** What is sealed for one purpose opens for no other. */
  purpose: string;
  /** Seconds. */
  life: number;
  now(): number;
}

const LONGEST = 4_000;

/** A key of the App for one purpose. With another client secret it is another one, so everybody is signed out. */
export function keyFor({ clientId, clientSecret }: PortalSettings, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", clientSecret, clientId, `slipway portal ${purpose}`, 32));
}

export function sealed<Value>(settings: PortalSettings, { schema, purpose, life, now }: SealedOptions<Value>) {
  const password = keyFor(settings, purpose).toString("hex");
  // iron-session's own limit goes by the machine's clock, and gives a minute more.
  const options = { password, ttl: life };
  return {
    seal: (value: Value) => sealData({ value, until: now() + life * 1000 }, options),
    async open(text: string | undefined): Promise<Value | undefined> {
      if (text === undefined || text.length > LONGEST) return undefined;
      const opened: { value?: unknown; until?: unknown } = await unsealData<object>(text, options).catch(() => ({}));
      if (typeof opened.until !== "number" || opened.until <= now()) return undefined;
      return schema.safeParse(opened.value).data;
    },
  } satisfies Sealed<Value>;
}
