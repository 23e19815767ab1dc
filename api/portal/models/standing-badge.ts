import { html } from "hono/html";
import type { Standing } from "../model-index/standings.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { pathTo } from "../view/links.ts";

const LOOKS: Readonly<Record<Standing["state"], string>> = {
  ...{ quiet: "good", alarmed: "bad", clearing: "warn", unwatched: "", idle: "" },
};

/** Where monitoring sees a model, with the way to its figures. */
export function standingBadge(host: PortalHost, model: string, standing: Standing | undefined): Html {
  if (standing === undefined) return html`<span class="quiet">–</span>`;
  const { state, words } = standing;
  return html`<a class="badge ${LOOKS[state]}" title="${words}" href="${pathTo(host, ["m", model, "live"])}">${state}</a>`;
}
