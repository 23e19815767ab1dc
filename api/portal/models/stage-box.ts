import { html } from "hono/html";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Decision, Refusal } from "../../../schemas/decision.ts";
import type { StageAssignment } from "../../../schemas/model-record.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm } from "../view/act-form.ts";
import { outsideLink, pathTo, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import { reasonField } from "./fields.ts";
import { whyLive } from "./why-live.ts";

export interface StageShown {
  stage: string;
  assignment: StageAssignment | undefined;
  /** What put it there. */
  decision: Decision | undefined;
  evidence: Decision | undefined;
  /** Whose gates were asked of what is live: of a rollback, the decision that it restores. */
  judged: Decision | undefined;
  /** Why it must not be handed out. */
  distrust: Refusal | undefined;
  /** Where it answers, by the policy. */
  url: string | undefined;
}

/** What the registry says of a stage: what is in it and the record that says why. */
export async function loadStage(
  { catalog, snapshot, model }: { catalog: Catalog; snapshot: RegistrySnapshot; model: CatalogModel },
  stage: string,
  url: string | undefined,
): Promise<StageShown> {
  const { record, name, displayName } = model;
  const assignment = Object.hasOwn(record.stages, stage) ? record.stages[stage] : undefined;
  const read = (id: string | undefined) =>
    id === undefined ? undefined : snapshot.read({ kind: "decision", model: name, id });
  const decision = await read(assignment?.decision);
  const evidence = (await read(decision?.completes)) ?? decision;
  const restored = await read(decision?.restores);
  return {
    ...{ stage, assignment, decision, evidence },
    judged: (await read(restored?.completes)) ?? restored ?? evidence,
    distrust: await catalog.stage(model, stage),
    url: url?.replaceAll("{model}", encodeURIComponent(displayName)),
  };
}

/** A stage: which version is live, since when and why; and the way back. */
export function stageBox(request: PageRequest, model: CatalogModel, shown: StageShown): Html {
  const { stage, assignment, distrust, url } = shown;
  const { record, displayName } = model;
  const rolling = record.rollouts && Object.hasOwn(record.rollouts, stage) ? record.rollouts[stage] : undefined;
  return html`<section class="box"><h2>${stage}</h2>
${assignment === undefined ? html`<p class="quiet">No version is in ${stage}.</p>` : liveHtml(request, displayName, shown, assignment)}
${rolling === undefined ? "" : html`<p><a href="${versionPath(request.host, displayName, rolling.version)}">Version ${rolling.version}</a> is being rolled out here: step ${rolling.step + 1}, since ${timeHtml(rolling.since)}${rolling.paused === undefined ? "" : ", paused"}.</p>${rolloutForms(request, displayName, stage, rolling.paused !== undefined)}`}
${distrust === undefined ? "" : html`<p class="warning" role="alert">Not to be used: ${distrust.message} <code>${distrust.code}</code></p>`}
${url === undefined || assignment === undefined ? "" : html`<p>Answers at ${outsideLink(url, url)}</p>`}</section>`;
}

function liveHtml(
  request: PageRequest,
  name: string,
  { stage, decision, evidence }: StageShown,
  { version, at }: StageAssignment,
): Html {
  const { host } = request;
  const link = html`<a href="${versionPath(host, name, version)}"><strong>Version ${version}</strong></a>`;
  const why =
    decision === undefined
      ? html`. <span class="quiet">The decision that put it there cannot be read.</span>`
      : html`: ${visibleText(whyLive(decision, evidence), 1_000)}. <a href="${versionPath(host, name, version)}#stage-${stage}">The decision</a>`;
  const reason = decision?.reason;
  return html`<p>${link} is in ${stage} since ${timeHtml(at)}${why}</p>
${reason === undefined ? "" : html`<p class="quiet">“${visibleText(reason, 500)}”</p>`}
<p><a href="${pathTo(host, ["m", name, "live"])}">Live metrics and drift</a></p>${rollbackForm(request, name, stage)}`;
}

/** Folded: what undoes a decision is not the first thing to press. */
function rollbackForm(request: PageRequest, model: string, stage: string): Html | "" {
  const form = actForm(request, {
    ...{ act: "rollback", hidden: { model, stage }, submit: "Roll back", danger: true },
    ...{ label: `Roll back ${stage}`, fields: reasonField(`rollback-${stage}`) },
  });
  return form === "" ? "" : html`<details><summary>Roll back to what was in ${stage} before</summary>${form}</details>`;
}

function rolloutForms(request: PageRequest, model: string, stage: string, isPaused: boolean): Html {
  const form = (what: "pause" | "resume" | "abort", submit: string) =>
    actForm(request, {
      ...{ act: "rollout", hidden: { model, stage, what }, submit, danger: what === "abort" },
      label: `${submit} of ${stage}`,
    });
  return html`<div class="actions">${isPaused ? form("resume", "Go on with the rollout") : form("pause", "Pause the rollout")}${form("abort", "End the rollout")}</div>`;
}
