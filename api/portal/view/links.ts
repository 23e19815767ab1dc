import { html } from "hono/html";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";

type Base = Pick<PortalHost, "base">;
type Home = Pick<PortalHost, "url">;

/** A path of the portal, with its query; values that are undefined or empty are left out. */
export function pathTo(
  { base }: Base,
  parts: readonly (string | number)[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  // A record may hold half of a character, which has no address: it is written as Git and UTF-8 have it.
  const words = parts.map((part) => encodeURIComponent(Buffer.from(String(part)).toString()));
  return `${base}/${words.join("/")}${search}`;
}

export const modelPath = (host: Base, model: string) => pathTo(host, ["m", model]);
export const versionPath = (host: Base, model: string, version: number) => pathTo(host, ["m", model, "v", version]);

/** A commit by its first digits, linked to where the repository's host shows it. */
export function commitLink({ url }: Home, commit: string): Html {
  const short = html`<code>${commit.slice(0, 10)}</code>`;
  return url === undefined ? short : html`<a href="${url}/commit/${commit}">${short}</a>`;
}

export function pullLink({ url }: Home, number: number): Html {
  return url === undefined ? html`#${number}` : html`<a href="${url}/pull/${number}">#${number}</a>`;
}

/** A link that a record holds: only of the web, and shown as text if it is anything else. */
export function outsideLink(address: string, words: string): Html {
  const isWeb = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  return isWeb ? html`<a href="${address}" rel="noreferrer">${words}</a>` : html`${words}`;
}
