import { createPublicKey, verify } from "node:crypto";
import { Refusal } from "../http/refusal.ts";
import type { Account, App, State, Token } from "../state.ts";

/** Who asks: an App by its own JWT or by its client secret, someone by a token, or nobody. */
export type Actor =
  | { kind: "nobody" }
  | { kind: "app"; app: App }
  | { kind: "client"; app: App }
  | Exclude<Token, { kind: "refresh" }>;

const CLOCK_DRIFT = 60;
const LONGEST_JWT = 600;

/** Reads an Authorization header. Rejects with 401 what is neither a good JWT nor a token that is known and lives. */
export function identify(state: State, header: string | undefined): Actor {
  if (header === undefined) return { kind: "nobody" };
  const [scheme = "", value = ""] = header.trim().split(/\s+/);
  if (/^basic$/i.test(scheme)) return identifyClient(state, value) ?? identifyToken(state, passwordOf(value));
  if (!/^(bearer|token)$/i.test(scheme)) throw new Refusal(401, "Bad credentials");
  return value.split(".").length === 3 ? identifyApp(state, value) : identifyToken(state, value);
}

/** An App that shows its client's id and secret. */
function identifyClient(state: State, value: string): Actor | undefined {
  const [id = "", secret] = Buffer.from(value, "base64").toString().split(":");
  const app = [...state.apps.values()].find(({ clientId, clientSecret }) => clientId === id && clientSecret === secret);
  return app && { kind: "client", app };
}

function identifyToken(state: State, text: string): Exclude<Token, { kind: "refresh" }> {
  const token = state.tokens.get(text);
  if (token === undefined || token.kind === "refresh") throw new Refusal(401, "Bad credentials");
  const expiresAt = "expiresAt" in token ? token.expiresAt : undefined;
  if (expiresAt !== undefined && expiresAt <= state.now()) throw new Refusal(401, "Bad credentials");
  return token;
}

/** Git and people's tools put the token in the password; some put it in the name and leave the password out. */
function passwordOf(value: string): string {
  const [name = "", ...password] = Buffer.from(value, "base64").toString().split(":");
  const given = password.join(":");
  return given === "" || given === "x-oauth-basic" ? name : given;
}

function identifyApp(state: State, jwt: string): Actor {
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const { alg } = decode(head);
  const { iss, iat, exp } = decode(claims);
  const app = [...state.apps.values()].find((one) => String(one.id) === String(iss) || one.clientId === iss);
  if (alg !== "RS256") throw undecodable();
  if (app === undefined || app.publicKey === "") throw new Refusal(404, "Integration not found");
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify("RSA-SHA256", signed, createPublicKey(app.publicKey), Buffer.from(signature, "base64url"))) {
    throw undecodable();
  }
  const now = Date.parse(state.now()) / 1000;
  if (typeof exp !== "number" || exp <= now) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + LONGEST_JWT + CLOCK_DRIFT) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== "number" || iat > now + CLOCK_DRIFT) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  return { kind: "app", app };
}

const undecodable = () => new Refusal(401, "A JSON web token could not be decoded");

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw undecodable();
}

/** The account that an actor's doings are shown under; undefined for nobody and for a key. */
export function accountOf(actor: Actor): Account | undefined {
  if (actor.kind === "user") return actor.account;
  return actor.kind === "installation" || actor.kind === "app" ? actor.app.bot : undefined;
}
