import { html } from "hono/html";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { VersionMetadata } from "../../../schemas/version-metadata.ts";
import { type ListedVersion, listedVersions } from "../model-index/listed-version.ts";
import { parsed, recordOf, recordTexts } from "../model-index/record-texts.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import { pageNumber, pager } from "../view/pages.ts";
import { versionRow } from "./version-row.ts";

const PAGE = 50;

export interface VersionsPage {
  page: number;
  last: number;
  versions: readonly ListedVersion[];
  metadata: ReadonlyMap<number, VersionMetadata>;
}

/** The versions of one page of the table, newest first, with what people said of them. */
export async function loadVersions({ host, query }: PageRequest, model: CatalogModel): Promise<VersionsPage> {
  const { objects } = host.ports;
  const latest = model.record.latest_version;
  const last = Math.max(1, Math.ceil(latest / PAGE));
  const page = Math.min(pageNumber(query), last);
  const newest = latest - (page - 1) * PAGE;
  const numbers = Array.from({ length: Math.min(PAGE, newest) }, (_, at) => newest - at);
  const paths = numbers.map((version) => recordOf(model, { kind: "metadata", model: model.name, version }));
  const [versions, texts] = await Promise.all([
    listedVersions(
      objects,
      numbers.map((version) => ({ model, version })),
    ),
    recordTexts(objects, paths),
  ]);
  const said = texts.flatMap((text, at): [number, VersionMetadata][] => {
    const metadata = parsed(text, (value) => VersionMetadata.safeParse(value).data);
    return metadata === undefined ? [] : [[numbers[at] as number, metadata]];
  });
  return { page, last, versions: versions.filter((each) => each !== undefined), metadata: new Map(said) };
}

/** The versions, a row each, with boxes to choose which to compare. */
export function versionsTable(
  request: PageRequest,
  model: CatalogModel,
  { page, last, versions, metadata }: VersionsPage,
  metrics: readonly string[],
): Html {
  const { host } = request;
  if (versions.length === 0) return html`<p class="empty">No version is registered yet.</p>`;
  const heads = metrics.map(
    (name) => html`<th scope="col" class="num">${visibleText(name, 40)} <span class="quiet">[95 %]</span></th>`,
  );
  const rows = versions.map((each) => versionRow(host, model, each, { metrics, metadata: metadata.get(each.version) }));
  return html`<form id="compare" method="get" action="${pathTo(host, ["m", model.displayName, "compare"])}" class="actions"><button>Compare the versions that are ticked</button></form>
<div class="scroll" role="region" aria-label="Versions" tabindex="0"><table><thead><tr><th scope="col"><span class="hidden">Compare</span></th><th scope="col" class="num">Version</th><th scope="col">Where it stands</th>${heads}<th scope="col">Registered</th><th scope="col">By</th><th scope="col">Commit</th><th scope="col">Pull request</th></tr></thead><tbody>${rows}</tbody></table></div>
${pager(request, { page, last })}`;
}
