import { html } from "hono/html";
import type { PortalHost, Visitor } from "../request/host.ts";
import type { Html, Tab } from "../request/page.ts";
import type { Said } from "../request/said.ts";
import { outsideLink } from "./links.ts";
import { signOutForm } from "./sign-out.ts";

/** What a page stands in: the repository and who looks; both undefined for a page that is of none. */
export interface Around {
  host?: Pick<PortalHost, "base" | "repository" | "url"> | undefined;
  visitor?: Pick<Visitor, "person" | "readOnly" | "signOut" | "session"> | undefined;
  tab?: Tab | undefined;
  /** What the act before came to: shown once. */
  flash?: (() => Said | undefined) | undefined;
  refresh?: number | undefined;
  now: Date;
}

const NAMES: readonly (readonly [Tab, string, string])[] = [
  ["models", "Models", "/"],
  ["experiments", "Experiments", "/experiments"],
  ["inbox", "Inbox", "/inbox"],
  ["timeline", "Timeline", "/timeline"],
  ["lineage", "Lineage", "/lineage"],
  ["new", "New model", "/new"],
  ["policy", "Policy", "/policy"],
];

/** What the keyboard does, in the order of the help that `?` opens; `g` and the second letter go to a page. */
const KEYS: readonly (readonly [string, string])[] = [
  ["/", "search"],
  ["j, k", "next and previous row"],
  ["Enter", "open the row"],
  ["g m", "models"],
  ["g e", "experiments"],
  ["g i", "inbox"],
  ["g t", "timeline"],
  ["?", "this help"],
];

/** A whole page: every page of the portal has this head, navigation and foot. */
export function layout(title: string, body: Html, around: Around): Html {
  const { host, visitor, tab, refresh, now } = around;
  const flash = around.flash?.();
  const base = host?.base ?? "";
  const links = NAMES.map(
    ([id, words, path]) =>
      html`<a href="${base}${path}"${id === tab ? html` aria-current="page"` : ""} data-key="${words[0]?.toLowerCase()}">${words}</a>`,
  );
  const where =
    host === undefined
      ? ""
      : (host.url ?? "") === ""
        ? html`<span class="quiet">${host.repository}</span>`
        : html`<a href="${host.url}">${host.repository}</a>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Slipway</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh === undefined ? "" : html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript>`}
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<link rel="stylesheet" href="/assets/portal.css">
<script src="/assets/portal.js" defer></script>
</head>
<body data-base="${base}"${refresh === undefined ? "" : html` data-refresh="${refresh}"`}>
<a class="skip" href="#main">Skip to content</a>
<header><a class="brand" href="/">Slipway</a> ${where}
${host === undefined ? "" : html`<nav aria-label="Main">${links}</nav>`}
${visitor === undefined ? "" : html`<span class="who"><span class="quiet">${visitor.readOnly === undefined ? "" : "read-only, "}${visitor.person.name}</span>${signOutForm(visitor, now)}</span>`}</header>
<main id="main" tabindex="-1">${flash === undefined ? "" : html`<p class="flash" role="status">${flash.said}${flash.link === undefined ? "" : html` ${outsideLink(flash.link.url, flash.link.words)}`}</p>`}${body}</main>
<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keyboard</h2><dl>${KEYS.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl><form method="dialog"><button>Close</button></form></dialog>
</body>
</html>`;
}
