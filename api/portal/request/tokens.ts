import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Session } from "./host.ts";

/** Milliseconds: who leaves a page open for longer is asked to load it again. */
const LIFE = 12 * 3_600_000;

/** A token for one form of one session: nobody else can make one, and it names the act that the form asks for. */
export function formToken({ secret }: Session, now: Date): string {
  const id = randomBytes(18).toString("base64url");
  const until = (now.getTime() + LIFE).toString(36);
  return `${id}.${until}.${seal(secret, id, until)}`;
}

/** The id of a token that was made for this session, which is its act's key; undefined for any other, or one that is too old. */
export function checkToken({ secret }: Session, token: string, now: Date): string | undefined {
  const [, id, until, sealed] = /^([\w-]{24})\.([0-9a-z]{1,11})\.([\w-]{43})$/.exec(token) ?? [];
  if (id === undefined || until === undefined || sealed === undefined) return undefined;
  const isOurs = timingSafeEqual(Buffer.from(sealed), Buffer.from(seal(secret, id, until)));
  return isOurs && Number.parseInt(until, 36) > now.getTime() ? id : undefined;
}

function seal(secret: Buffer, id: string, until: string): string {
  return createHmac("sha256", secret).update(`form ${id} ${until}`).digest("base64url");
}
