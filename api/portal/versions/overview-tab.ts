import { html } from "hono/html";
import { importedMetricsSection } from "../../../core/report/imported-metrics-section.ts";
import { metricSection } from "../../../core/report/metric-sections.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { policyOf } from "../request/policy.ts";
import { readOnlyNote } from "../view/act-form.ts";
import { fitSections } from "../view/fit-sections.ts";
import { sectionHtml } from "../view/section.ts";
import { recordedComparisons } from "./comparison-sections.ts";
import type { ShownVersion } from "./load-version.ts";
import { madeBox } from "./made-box.ts";
import { originBox } from "./origin-box.ts";
import { stageVerdicts } from "./stage-verdicts.ts";
import { triesBox } from "./tries-box.ts";
import { versionActs } from "./version-acts.ts";
import { waitingRequests } from "./waiting-requests.ts";

/** Bytes that metrics and comparisons may take. */
const MOST_BYTES = 20_000;

/** The first part: where it stands and why, how good it is, what it came from. */
export async function overviewTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { manifest } = shown;
  const { policy, unreadable } = await policyOf(request.host);
  const measured = fitSections(
    [
      ...metricSection(manifest.evaluation, false),
      ...importedMetricsSection(manifest),
      ...(await recordedComparisons(shown)),
    ],
    MOST_BYTES,
    "The tab Metrics has them.",
  );
  return html`${readOnlyNote(request)}
${unreadable === undefined ? "" : html`<p class="warning">The policy of the default branch cannot be read: ${unreadable}</p>`}
${await waitingRequests(request, shown)}
<div class="grid"><div>${await stageVerdicts(request, shown, policy)}${await triesBox(shown, policy)}${await originBox(request, shown)}${versionActs(request, shown)}</div>
<div>${measured.map(sectionHtml)}${await madeBox(request, shown)}</div></div>`;
}
