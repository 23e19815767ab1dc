import { html } from "hono/html";
import type { Answer, Html, PageRequest } from "../request/page.ts";
import { pathTo, versionPath } from "../view/links.ts";
import { chartsTab } from "./charts-tab.ts";
import { codeTab } from "./code-tab.ts";
import { dataTab } from "./data-tab.ts";
import { errorsTab } from "./errors-tab.ts";
import { filesTab } from "./files-tab.ts";
import { versionHead } from "./head.ts";
import { loadVersion, type ShownVersion } from "./load-version.ts";
import { metricsTab } from "./metrics-tab.ts";
import { overviewTab } from "./overview-tab.ts";
import { useTab } from "./use-tab.ts";

interface VersionTab {
  words: string;
  render(request: PageRequest, shown: ShownVersion): Promise<Html>;
}

/** Parts of a version's page: what takes a look into the store or into Git's history is not in the first. */
const TABS: Readonly<Record<string, VersionTab>> = {
  overview: { words: "Overview", render: overviewTab },
  metrics: { words: "Metrics", render: metricsTab },
  charts: { words: "Curves", render: chartsTab },
  errors: { words: "Errors", render: errorsTab },
  data: { words: "Data", render: dataTab },
  code: { words: "Code", render: codeTab },
  files: { words: "Files", render: filesTab },
  use: { words: "Use it", render: useTab },
};

/** `/m/NAME/v/N`: what is on record of a version. */
export async function versionPage(request: PageRequest): Promise<Answer> {
  const shown = await loadVersion(request);
  const { host, query, params } = request;
  const { model, version } = shown;
  const { displayName } = model;
  if (params["model"] !== displayName) return { to: versionPath(host, displayName, version) };
  const asked = query.get("tab") ?? "overview";
  const at = Object.hasOwn(TABS, asked) ? asked : "overview";
  const links = Object.entries(TABS).map(([name, { words }]) => {
    const query = name === "overview" ? {} : { tab: name };
    const href = pathTo(host, ["m", displayName, "v", version], query);
    return html`<a href="${href}"${name === at ? html` aria-current="page"` : ""}>${words}</a>`;
  });
  const head = await versionHead(request, shown);
  const body = await (TABS[at] as VersionTab).render(request, shown);
  return {
    title: `${displayName} version ${version}`,
    tab: "models",
    body: html`${head}<nav class="tabs" aria-label="Version ${version}">${links}</nav>${body}`,
  };
}
