import { html } from "hono/html";
import { isRetired } from "../../../core/promotion/apply-change.ts";
import { currentAssignment } from "../../../core/promotion/assign-stage.ts";
import { artifactWords, decisionPromises } from "../../../core/report/decision-report.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { gateSection } from "../../../core/report/gate-section.ts";
import { promiseSection } from "../../../core/report/promise-section.ts";
import type { Mark, Section } from "../../../core/report/report.ts";
import { policyStages } from "../../../core/spec/policy-rules.ts";
import type { Decision } from "../../../schemas/decision.ts";
import type { GateResult } from "../../../schemas/gate.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm } from "../view/act-form.ts";
import { fitSections } from "../view/fit-sections.ts";
import { pathTo } from "../view/links.ts";
import { markHtml, tableHtml } from "../view/section.ts";
import { timeHtml } from "../view/time.ts";
import type { ShownVersion } from "./load-version.ts";

/** Bytes of a page that gates may take, all stages together. */
const MOST_BYTES = 24_000;
/** So many rows are not worth a click. */
const FEW = 8;

/**
 * What each stage has on record of a version. Nothing is decided for it: a gate that nobody asked would cost a try of the test
 * set, and an answer to a reader's look would leak one.
 */
export async function stageVerdicts(request: PageRequest, shown: ShownVersion, policy: Policy): Promise<Html> {
  const { model, decisions, manifest } = shown;
  // The last stage first: it is what people look for.
  const stages = [...new Set([...policyStages(policy), ...Object.keys(model.record.stages)])].reverse();
  const bytes = MOST_BYTES / (stages.length + 1);
  const boxes = await Promise.all(
    stages.map(async (stage) => {
      const last = decisions.filter((decision) => decision.stage === stage).at(-1);
      const whole =
        last &&
        (await shown.snapshot.read({ kind: "decision", model: model.name, id: last.id }).catch(() => undefined));
      return stageBox(request, shown, { stage, decision: whole ?? last, bytes });
    }),
  );
  return html`${boxes}${registerBox(manifest, bytes)}`;
}

function stageBox(
  request: PageRequest,
  shown: ShownVersion,
  { stage, decision, bytes }: { stage: string; decision: Decision | undefined; bytes: number },
): Html {
  const { model, version, manifest } = shown;
  const { record } = model;
  const held = currentAssignment(record, stage);
  const isIn = held?.version === version;
  const now =
    held === undefined
      ? "Nothing is in it."
      : isIn
        ? html`This version is in it since ${timeHtml(held.at)}.`
        : html`Version ${held.version} is in it.`;
  const form =
    isIn || isRetired(record, version) || shown.read.distrust !== undefined ? "" : promoteForm(request, shown, stage);
  if (decision === undefined)
    return html`<section class="box" id="stage-${stage}"><h2>${stage}: not asked yet</h2><p class="quiet">${now} No gate of it was answered for this version: asking is promoting, and counts as a try of the test set.</p>${form}</section>`;
  const { gates, refusals, approvals = [], reason, requested_by } = decision;
  const { mark, words } = verdictOf(decision);
  const details = fitSections(
    [...gateSection({ [stage]: gates }), ...decisionPromises(decision, { evaluation: manifest.evaluation })],
    bytes,
    "The decision's record has them all.",
  );
  return html`<section class="box" id="stage-${stage}"><h2>${markHtml(mark)} ${stage}: ${words}</h2>
<p>${timeHtml(decision.decided_at)}, asked for by ${visibleText(requested_by.name, 100)}${approvals.length === 0 ? "" : html`, approved by ${visibleText(approvals.map(({ by }) => by.name).join(" and "), 300)}`}. ${gatesWords(gates)} ${now} <a href="${pathTo(request.host, ["timeline"], { model: model.displayName })}">Timeline</a></p>
${reason === undefined ? "" : html`<p>“${visibleText(reason, 1_000)}”</p>`}
${refusals.slice(0, 10).map(({ code, message, hint }) => html`<p><code>${code}</code> ${visibleText(message, 600)}${hint === undefined ? "" : html` <span class="quiet">${visibleText(hint, 600)}</span>`}</p>`)}
${artifactWords(decision).map((line) => html`<p class="quiet">${visibleText(line, 600)}</p>`)}
${folded(details, `Gates of ${stage}, as they were answered`)}
${form}</section>`;
}

function verdictOf({ outcome, act, refusals }: Decision): { mark: Mark; words: string } {
  if (outcome === "promoted") return { mark: "pass", words: act === "rollback" ? "rolled back to it" : "promoted" };
  if (outcome === "rolling-out") return { mark: "pass", words: "its rollout began" };
  const unclear = refusals.length > 0 && refusals.every(({ code }) => code === "GATE_INCONCLUSIVE");
  return unclear
    ? { mark: "inconclusive", words: "refused, for want of evidence" }
    : { mark: "fail", words: "refused" };
}

/** How many gates passed, in a sentence. */
function gatesWords(gates: readonly GateResult[]): string {
  if (gates.length === 0) return "No gate was asked.";
  const passed = gates.filter(({ verdict }) => verdict === "pass").length;
  if (passed === gates.length) return gates.length === 1 ? "The one gate passed." : `All ${gates.length} gates passed.`;
  return `${passed} of ${gates.length} gates passed.`;
}

function registerBox(manifest: ShownVersion["manifest"], bytes: number): Html {
  const { gates, imported, tries = [], evaluation } = manifest;
  if (imported)
    return html`<section class="box" id="stage-register"><h2>Registered: imported</h2><p>No gate was asked when it was imported.${Object.keys(evaluation.metrics).length === 0 ? html` Nobody has evaluated it: <code>slipway evaluate ${manifest.model}@${manifest.version}</code> does.` : " It was evaluated since: a stage asks the gates of registering, too."}</p></section>`;
  const asked = { register: gates };
  const sections = fitSections(
    [...gateSection(asked), ...promiseSection({ gates: asked, tries, spent: true, evaluation })],
    bytes,
  );
  const mark: Mark = gates.every(({ verdict }) => verdict === "pass") ? "pass" : "inconclusive";
  return html`<section class="box" id="stage-register"><h2>${markHtml(mark)} Registered</h2><p>${timeHtml(manifest.registered_at)} by ${visibleText(manifest.registered_by.name, 100)}. ${gatesWords(gates)}</p>${folded(sections, "Gates of registering, as they were answered")}</section>`;
}

function folded(sections: readonly Section[], title: string): Html | "" {
  if (sections.length === 0) return "";
  const few = sections.reduce((sum, { table }) => sum + (table?.rows.length ?? 0), 0) <= FEW;
  return html`<details${few ? html` open` : ""}><summary>${title}</summary>${sections.map(plainHtml)}</details>`;
}

/** A section inside of a box: no box of its own. */
function plainHtml({ title, text, table }: Section): Html {
  return html`<h3>${title}</h3>${text.map((line) => html`<p>${visibleText(line, 1_000)}</p>`)}${table === undefined ? "" : tableHtml(table, title)}`;
}

function promoteForm(request: PageRequest, { model, version }: ShownVersion, stage: string): Html | "" {
  const id = `why-${stage}`;
  return actForm(request, {
    act: "promote",
    hidden: { model: model.name, version, stage },
    fields: html`<label for="${id}">Why, for the record</label><input id="${id}" name="reason" maxlength="1000"> `,
    submit: `Promote to ${stage}`,
    label: `Promote to ${stage}: version ${version}`,
  });
}
