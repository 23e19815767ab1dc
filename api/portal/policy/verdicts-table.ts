import { html } from "hono/html";
import type { ComparedVerdict } from "../../../core/acts/policy-change.ts";
import { gateSubject } from "../../../core/gates/gate-words.ts";
import type { VerdictUnder } from "../../../core/promotion/verdict-under.ts";
import type { Catalog } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Mark } from "../../../core/report/report.ts";
import type { Decision } from "../../../schemas/decision.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { versionPath } from "../view/links.ts";
import { markHtml } from "../view/section.ts";
import { timeHtml } from "../view/time.ts";

const MOST_GATES = 5;

/** Whether the proposed policy says something else of it than what is on record, or nobody can tell. */
export function isOtherwise({ decision, proposed }: ComparedVerdict): boolean {
  return proposed.outcome !== (decision.outcome === "refused" ? "kept-out" : "passes");
}

/** Recorded verdicts that would come out otherwise, each with what would be open. */
export function verdictsTable(host: PortalHost, catalog: Catalog, rows: readonly ComparedVerdict[]): Html {
  return html`<div class="scroll" role="region" aria-label="Verdicts that would come out otherwise" tabindex="0"><table>
<thead><tr><th scope="col">Version</th><th scope="col">Stage</th><th scope="col">On record</th><th scope="col">By today's policy</th><th scope="col">By the proposed one</th></tr></thead>
<tbody>${rows.map(({ decision, today, proposed }) => html`<tr><td>${versionCell(host, catalog, decision)}</td><td>${decision.stage}</td><td>${recordedCell(decision)}</td><td>${verdictCell(today)}</td><td>${verdictCell(proposed)}</td></tr>`)}</tbody></table></div>`;
}

function versionCell(host: PortalHost, catalog: Catalog, { model, version }: Decision): Html {
  const called = catalog.find(model)?.displayName ?? model;
  return html`<a href="${versionPath(host, called, version)}">${visibleText(called)} ${version}</a>`;
}

function recordedCell({ outcome, decided_at }: Decision): Html {
  const words = outcome === "refused" ? "kept out" : outcome === "promoted" ? "promoted" : "rolled out";
  return html`${markHtml(outcome === "refused" ? "fail" : "pass")} ${words}<br>${timeHtml(decided_at)}`;
}

const SHOWN: Readonly<Record<VerdictUnder["outcome"], readonly [Mark, string]>> = {
  passes: ["pass", "would pass"],
  "kept-out": ["fail", "would be kept out"],
  waits: ["note", "would wait for approvals"],
  untold: ["inconclusive", "cannot be told"],
};

function verdictCell({ outcome, open, why }: VerdictUnder): Html {
  const [mark, words] = SHOWN[outcome];
  const more = open.length - MOST_GATES;
  return html`${markHtml(mark)} ${words}${open.slice(0, MOST_GATES).map(({ gate, expected, found }) => html`<div class="quiet">${visibleText(`${gateSubject(gate)}: expected ${expected}, found ${found}`, 300)}</div>`)}${more > 0 ? html`<div class="quiet">and ${more} more gates</div>` : ""}${why.map((each) => html`<div class="quiet">${visibleText(each, 300)}</div>`)}`;
}
