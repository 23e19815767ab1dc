import type { Hono } from "hono";
import { portal } from "../../../api/portal/http.ts";
import { openPortalHost } from "../../../api/portal/open-host.ts";
import type { PortalHost, Visitor } from "../../../api/portal/request/host.ts";
import { formToken } from "../../../api/portal/request/tokens.ts";
import type { Ports } from "../../../core/acts/ports.ts";
import { plainHost } from "../../acts/plain-host.ts";
import { ADA } from "../../registry/builders.ts";

export const ORIGIN = "http://localhost";

export interface TestPortal {
  ports: Ports;
  host: PortalHost;
  app: Hono;
  visitor: Visitor;
  /** A page as a browser asks for it; redirects are not followed. */
  get(path: string): Promise<{ status: number; text: string; headers: Headers }>;
  /** Sends a form as a page of this portal does: with a new token, or the one that is given. */
  send(
    path: string,
    fields: Readonly<Record<string, string | File>>,
    headers?: Record<string, string>,
  ): Promise<SentAnswer>;
  /** A new token of this session. */
  token(): string;
  /** The same portal after its server started again: what it kept in memory is gone. */
  restarted(): Pick<TestPortal, "get" | "send">;
}

export interface SentAnswer {
  status: number;
  text: string;
  location: string | null;
}

/** The portal on a repository of its own, without a socket; Ada looks, and may act. */
export async function testPortal(
  files: Record<string, string> = {},
  about: {
    visitor?: Partial<Visitor>;
    ports?: Partial<Ports>;
    host?: Partial<PortalHost>;
    now?(): Date;
    /** In place of a plain repository's. */
    on?: Ports;
  } = {},
): Promise<TestPortal> {
  const ports = about.on ?? (await plainHost(files, about.ports));
  const host = { ...openPortalHost(ports), ...about.host };
  const session = { id: "a-session", secret: Buffer.alloc(32, 7) };
  const visitor: Visitor = { person: ADA, session, ...about.visitor };
  const { now = () => new Date() } = about;
  const serve = () =>
    portal({
      enter: (_, act) => act(host, visitor),
      origin: () => ORIGIN,
      onError: (error) => console.error(error),
      now,
    });
  const app = serve();
  const token = () => formToken(visitor.session, now());
  return {
    ...{ ports, host, app, visitor, token },
    ...browserOf(app, token),
    restarted: () => browserOf(serve(), token),
  };
}

function browserOf(app: Hono, token: () => string): Pick<TestPortal, "get" | "send"> {
  return {
    async get(path) {
      const response = await app.request(`${ORIGIN}${path}`);
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    async send(path, fields, headers = {}) {
      const body = bodyOf({ token: token(), ...fields });
      const sent = { origin: ORIGIN, "sec-fetch-site": "same-origin", ...headers };
      const response = await app.request(`${ORIGIN}${path}`, { method: "POST", body, headers: sent });
      return { status: response.status, text: await response.text(), location: response.headers.get("location") };
    },
  };
}

/** As a browser writes it: with a file in it, in parts. */
function bodyOf(fields: Readonly<Record<string, string | File>>): URLSearchParams | FormData {
  const given = Object.entries(fields);
  const texts = given.filter((each): each is [string, string] => typeof each[1] === "string");
  if (texts.length === given.length) return new URLSearchParams(texts);
  const data = new FormData();
  for (const [name, value] of given) data.append(name, value);
  return data;
}
