import { html } from "hono/html";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { pathTo, versionPath } from "../view/links.ts";

/** A model's stages with a version, in the policy's order; what the policy does not know any more stands last. */
export function stagesInOrder({ record }: CatalogModel, stages: readonly string[]): string[] {
  const place = (stage: string) => stages.indexOf(stage) + 1 || stages.length + 1;
  return Object.keys(record.stages).sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** Which version is in which stage, each with its link; from the latest to what is live it is a comparison away. */
export function stageBadges(host: PortalHost, model: CatalogModel, stages: readonly string[]): Html {
  const { displayName, record } = model;
  const live = stagesInOrder(model, stages);
  if (live.length === 0) return html`<span class="quiet">nothing</span>`;
  const last = record.stages[live.at(-1) as string]?.version ?? 0;
  const compare =
    last === record.latest_version
      ? ""
      : html` <a class="quiet" href="${pathTo(host, ["m", displayName, "compare"], { v: `${last},${record.latest_version}` })}">compare with the latest</a>`;
  return html`${live.map((stage) => html`<a class="badge good" href="${versionPath(host, displayName, record.stages[stage]?.version ?? 0)}">${stage}: ${record.stages[stage]?.version}</a> `)}${compare}`;
}
