import { existsSync } from "node:fs";
import { join } from "node:path";
import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { pathTo } from "../view/links.ts";

/** A run by its id, with a link to its page where this machine has kept it: its training curves are there. */
export function runLink(host: PortalHost, run: string): Html {
  const shown = html`<code>${visibleText(run, 200)}</code>`;
  return isHere(host, run) ? html`<a href="${pathTo(host, ["experiments", "runs", run])}">${shown}</a>` : shown;
}

function isHere({ runs }: PortalHost, run: string): boolean {
  return runs !== undefined && /^\w[\w.-]{0,199}$/.test(run) && existsSync(join(runs, run));
}
