import { html } from "hono/html";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";

/** Where a word stands in a file of a commit: `slipway.yaml:12`, linked to where the repository's host shows it. */
export function placeLink(
  { url }: Pick<PortalHost, "url">,
  commit: string,
  file: string,
  line: number | undefined,
): Html {
  const words = line === undefined ? file : `${file}:${line}`;
  if (url === undefined) return html`<code>${words}</code>`;
  const path = file.split("/").map(encodeURIComponent).join("/");
  return html`<a href="${url}/blob/${commit}/${path}${line === undefined ? "" : `#L${line}`}"><code>${words}</code></a>`;
}
