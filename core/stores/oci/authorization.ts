import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { SlipwayError } from "../../errors.ts";
import type { Credentials } from "./credentials.ts";
import { checkedUrl, type Exchange, exchange, readCapped } from "./exchange.ts";

/** What a request does to the repository. A token is asked for just that, and kept for it. */
export type Access = "pull" | "pull,push" | "delete";

const MOST_TOKEN = 256 * 1024;
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

type Challenge = { scheme: "basic" } | { scheme: "bearer"; realm: string; service: string | undefined };

/** The `Authorization` header for requests to one repository: none until the registry asks, then what it asks for. */
export class Authorization {
  readonly #base: URL;
  readonly #repository: string;
  readonly #credentials: () => Promise<Credentials | undefined>;
  readonly #headers = new Map<Access, Promise<string>>();

  constructor(base: URL, repository: string, credentials: () => Promise<Credentials | undefined>) {
    this.#base = base;
    this.#repository = repository;
    this.#credentials = credentials;
  }

  /** The header as it was last found; undefined where the registry has not asked yet. */
  async header(access: Access): Promise<string | undefined> {
    return this.#headers.get(access);
  }

  /**
   * Answers a 401, once for all who had the same. `used` is the header that was refused: if another one was found meanwhile,
   * it serves. Rejects with STORE_NO_CREDENTIALS or STORE_DENIED.
   */
  async answer(
    refused: IncomingMessage,
    access: Access,
    used: string | undefined,
    waiting: Pick<Exchange, "signal" | "moved">,
  ): Promise<void> {
    const current = this.#headers.get(access);
    if (current !== undefined && (await current.catch(() => used)) !== used) return;
    const challenge = parseChallenge(refused.headers["www-authenticate"]);
    const asked = this.#ask(challenge, access, waiting);
    this.#headers.set(access, asked);
    await asked.catch((error) => {
      if (this.#headers.get(access) === asked) this.#headers.delete(access);
      throw error;
    });
  }

  /** The refusal of what was asked with the header that is known. */
  async denied(access: Access, found: string): Promise<SlipwayError> {
    const has = (await this.#credentials()) !== undefined;
    const place = `${this.#base.host}/${this.#repository}`;
    return new SlipwayError(
      has ? "STORE_DENIED" : "STORE_NO_CREDENTIALS",
      has
        ? `The registry does not let these credentials ${WORDS[access]} ${place}`
        : `No credentials for ${place} were found`,
      {
        expected: `credentials that may ${WORDS[access]} it`,
        found,
        hint: has
          ? "Ask its owner for access, or log in as somebody who has it. A token may have expired."
          : "Log in with `docker login` or `oras login`, or set SLIPWAY_OCI_USERNAME and SLIPWAY_OCI_PASSWORD.",
      },
    );
  }

  async #ask(
    challenge: Challenge | undefined,
    access: Access,
    waiting: Pick<Exchange, "signal" | "moved">,
  ): Promise<string> {
    const credentials = await this.#credentials();
    if (challenge === undefined) throw await this.denied(access, "401, and no way to log in");
    if (challenge.scheme === "basic") {
      if (credentials === undefined || "refreshToken" in credentials) throw await this.denied(access, "401");
      return basic(credentials);
    }
    const realm = checkedUrl(challenge.realm, this.#base);
    const scope = `repository:${this.#repository}:${access}`;
    const response =
      credentials && "refreshToken" in credentials
        ? await this.#refresh(realm, challenge.service, scope, credentials.refreshToken, waiting)
        : await this.#fetch(realm, challenge.service, scope, credentials && basic(credentials), waiting);
    const body = await readCapped(response, MOST_TOKEN, "token");
    const status = response.statusCode ?? 0;
    if (status === 401 || status === 403) throw await this.denied(access, `${status} from ${realm.host}`);
    if (status !== 200) throw Object.assign(new Error(`${status} from the token server ${realm.host}`), { status });
    const { token, access_token } = parsedToken(body);
    const value = token || access_token;
    if (value === undefined || !/^[\x21-\x7e]+$/.test(value)) throw await this.denied(access, "an empty token");
    return `Bearer ${value}`;
  }

  #fetch(
    realm: URL,
    service: string | undefined,
    scope: string,
    header: string | undefined,
    waiting: Pick<Exchange, "signal" | "moved">,
  ): Promise<IncomingMessage> {
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", scope);
    return exchange({ method: "GET", url, headers: header ? { authorization: header } : {}, ...waiting });
  }

  #refresh(
    url: URL,
    service: string | undefined,
    scope: string,
    refreshToken: string,
    waiting: Pick<Exchange, "signal" | "moved">,
  ): Promise<IncomingMessage> {
    const form = new URLSearchParams({ grant_type: "refresh_token", client_id: "slipway", scope });
    if (service !== undefined) form.set("service", service);
    form.set("refresh_token", refreshToken);
    const bytes = Buffer.from(form.toString());
    return exchange({
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: {
        size: bytes.length,
        async *open() {
          yield bytes;
        },
      },
      ...waiting,
    });
  }
}

const WORDS: Readonly<Record<Access, string>> = {
  pull: "read",
  "pull,push": "write",
  delete: "delete from",
};

/** The first way to log in that is known, of a `WWW-Authenticate` header. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const text = header ?? "";
  if (/^\s*basic\b/i.test(text)) return { scheme: "basic" };
  if (!/^\s*bearer\s/i.test(text) || text.length > 8_192) return undefined;
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of text.matchAll(/(\w+)="([^"]*)"/g)) values.set(key.toLowerCase(), value);
  const realm = values.get("realm");
  return realm === undefined ? undefined : { scheme: "bearer", realm, service: values.get("service") };
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function parsedToken(body: Buffer): z.infer<typeof Token> {
  try {
    return Token.parse(JSON.parse(body.toString("utf8")));
  } catch {
    return {};
  }
}
