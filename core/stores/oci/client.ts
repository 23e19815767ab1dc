import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { SlipwayError } from "../../errors.ts";
import { isLoopback } from "../address.ts";
import type { Patience } from "../patience.ts";
import { type Access, Authorization } from "./authorization.ts";
import type { Credentials } from "./credentials.ts";
import { breakOffLate, checkedUrl, discard, type Exchange, exchange, readCapped } from "./exchange.ts";

const MOST_ERROR = 64 * 1024;
const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
/** Milliseconds before the first next attempt; each later one waits twice as long, up to the second number. */
const PAUSE = [200, 5_000] as const;
/** Attempts at a server that never answered: its name may be wrong. */
const FIRST_ATTEMPTS = 4;
const RegistryErrors = z.object({ errors: z.array(z.object({ code: z.string().max(60) })).min(1) });

export interface Asked {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Relative to the repository: `blobs/sha256:…`; or whole, as the registry named it. */
  path: string | URL;
  access: Access;
  headers?: Record<string, string>;
  body?: Exchange["body"];
}

/** Speaks the distribution API to one repository of one registry. */
export class RegistryClient {
  readonly host: string;
  readonly repository: string;
  readonly #base: URL;
  readonly #authorization: Authorization;
  #answered = false;

  constructor(host: string, repository: string, findCredentials: () => Promise<Credentials | undefined>) {
    this.host = host;
    this.repository = repository;
    this.#base = new URL(`${isLoopback(host) ? "http" : "https"}://${host}/v2/${repository}/`);
    // Looked for with each new token: a password may have changed since.
    this.#authorization = new Authorization(this.#base, repository, findCredentials);
  }

  /** An address that the registry named. */
  url(location: string): URL {
    return checkedUrl(location, this.#base);
  }

  /**
   * Does `act` until it succeeds: again after a broken connection, and after a status that says later. Gives up with
   * STORE_UNREACHABLE after half of the patience without an answer, or STORE_FAILED with the status.
   */
  async persist<T>(patience: Patience, act: () => Promise<T>): Promise<T> {
    const since = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        if (patience.signal.aborted) throw patience.signal.reason;
        if (error instanceof SlipwayError || !(error instanceof Error)) throw error;
        const later = this.#answered || attempt < FIRST_ATTEMPTS;
        const waited = performance.now() - since;
        if (!later || waited > patience.timeout / 2) throw this.#away(error);
        const [first, most] = PAUSE;
        const pause = Math.min(first * 2 ** (attempt - 1), most, patience.timeout / 8);
        await sleep(pause, undefined, { signal: patience.signal }).catch(() => {});
      }
    }
  }

  /** One request, with the authorization that it takes; again if a token has expired. A status from 500 on, and 429, is thrown. */
  async send(asked: Asked, patience: Patience): Promise<IncomingMessage> {
    let url = typeof asked.path === "string" ? new URL(asked.path, this.#base) : asked.path;
    const waiting = { signal: patience.signal, moved: () => patience.moved() };
    for (let redirects = 0, renewed = false; ; ) {
      const isOwn = url.host === this.#base.host && url.protocol === this.#base.protocol;
      const header = isOwn ? await this.#authorization.header(asked.access) : undefined;
      const { method, body } = asked;
      const headers = { ...asked.headers, ...(header ? { authorization: header } : {}) };
      const response = await patience.call(() => exchange({ method, url, headers, body, ...waiting }));
      this.#answered = true;
      const status = response.statusCode ?? 0;
      if (REDIRECTS.includes(status) && (method === "GET" || method === "HEAD") && redirects < MOST_REDIRECTS) {
        await discard(response);
        // Another host gets no Authorization: it is no host that the credentials are for.
        url = checkedUrl(response.headers.location ?? "", url);
        redirects += 1;
      } else if (status === 401 && isOwn && !renewed) {
        await discard(response);
        await patience.call(() => this.#authorization.answer(response, asked.access, header, waiting));
        renewed = true;
      } else if (status === 401 || status === 403) {
        await discard(response);
        throw await this.#authorization.denied(asked.access, `${status} for ${method}`);
      } else if (status === 429 || status >= 500) {
        await discard(response);
        throw Object.assign(new Error(`status ${status}`), { status });
      } else return response;
    }
  }

  /** The body of an answer that should have one of `statuses`; else rejects with STORE_FAILED and the registry's own code. */
  async expect(response: IncomingMessage, statuses: readonly number[], what: string): Promise<void> {
    if (statuses.includes(response.statusCode ?? 0)) return;
    breakOffLate(response);
    const body = await readCapped(response, MOST_ERROR, "answer").catch(() => Buffer.alloc(0));
    throw new SlipwayError("STORE_FAILED", `The registry ${this.host} refused ${what}`, {
      expected: statuses.join(" or "),
      found: [response.statusCode, errorCode(body)].filter(Boolean).join(" "),
    });
  }

  #away(error: Error): SlipwayError {
    const { status, code } = error as { status?: number; code?: string };
    const found = status === undefined ? (code ?? "no answer") : `status ${status}`;
    return new SlipwayError("STORE_UNREACHABLE", `The registry ${this.host} does not answer as it should`, {
      expected: "an answer of a container registry",
      found,
      hint: "Is the address in `artifacts.store` right, and the registry up? Then try again: what was put is kept.",
      cause: error,
    });
  }
}

function errorCode(body: Buffer): string | undefined {
  try {
    const code = RegistryErrors.parse(JSON.parse(body.toString("utf8"))).errors[0]?.code;
    return code && /^\w+$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
