import { html } from "hono/html";
import { gateExpectation } from "../../../core/gates/check-gate.ts";
import { gateSubject } from "../../../core/gates/gate-words.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { planFor, stepWords } from "../../../core/rollout/plan.ts";
import { type EffectiveGate, floorsFor } from "../../../core/spec/floors.ts";
import { type LoadedModel, POLICY_PATH } from "../../../core/spec/project.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import type { PolicyShown } from "./effective.ts";
import { placeLink } from "./place-link.ts";

/** No model is called so: what is asked of it is asked of all. */
const NO_MODEL = "";

/** What a stage asks of a model; without one, of every model. `register` is no stage, and asks, too. */
export function stageBox(host: PortalHost, shown: PolicyShown, stage: string, model: LoadedModel | undefined): Html {
  const { project, commit } = shown;
  const { policy } = project;
  const gates = model === undefined ? floorsFor(policy, NO_MODEL, stage) : project.effectiveGates(model, stage);
  const own = Object.entries(policy.overrides ?? {}).filter(([, { gates: more }]) => Object.hasOwn(more ?? {}, stage));
  const rows = gates.map((gate) => gateRow(host, shown, gate, model));
  const table = html`<div class="scroll" role="region" aria-label="Gates of ${stage}" tabindex="0"><table><thead><tr><th scope="col">Gate</th><th scope="col">Asks for</th><th scope="col">Of</th><th scope="col">Says</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const more =
    model === undefined && own.length > 0
      ? html`<p class="quiet">${counted(own.length, "model")} ${own.length === 1 ? "has" : "have"} floors besides: ${own.slice(0, 20).map(([name]) => html`<a href="?model=${encodeURIComponent(name)}">${name}</a> `)}${own.length > 20 ? "…" : ""}</p>`
      : "";
  const none = html`<p>${model === undefined ? "The policy has no floor here: each model's own gates decide." : "No gate: whatever else is asked decides."}</p>`;
  return html`<section class="box"><h2>${stage === "register" ? "To be registered" : stage}</h2>
${gates.length === 0 ? none : table}${more}${stage === "register" ? "" : stageFacts(host, commit, shown, stage)}</section>`;
}

function gateRow(
  host: PortalHost,
  { commit, project }: PolicyShown,
  gate: EffectiveGate,
  model: LoadedModel | undefined,
): Html {
  const isFloor = gate.origin === "policy";
  const { line } = isFloor ? project.policyPosition(gate.keys) : (model?.position(gate.keys) ?? {});
  const file = isFloor ? POLICY_PATH : (model?.path ?? "");
  const of = gate.task === undefined ? (isFloor ? "every model" : "this model") : `${gate.task} models`;
  return html`<tr><td>${visibleText(gateSubject(gate.gate))}</td><td>${visibleText(gateExpectation(gate.gate))}</td><td>${of}</td><td>${placeLink(host, commit, file, line)}</td></tr>`;
}

function stageFacts(host: PortalHost, commit: string, { project }: PolicyShown, stage: string): Html {
  const { policy } = project;
  const needed = policy.approvals?.[stage] ?? 0;
  const plan = planFor(policy, stage);
  const at = (keys: readonly (string | number)[]) =>
    placeLink(host, commit, POLICY_PATH, project.policyPosition([...keys]).line);
  const facts: [string, Html | string][] = [
    [
      "Approvals",
      needed === 0
        ? "none"
        : html`${counted(needed, "person", "people")} besides who asked ${at(["approvals", stage])}${host.ports.identifiesUsers ? "" : html`. <strong>On a plain repository nobody can identify a second person: such a promotion is refused here.</strong>`}`,
    ],
    [
      "Rollout",
      plan === undefined ? "at once" : html`${plan.steps.map(stepWords).join(", then ")} ${at(["rollout", stage])}`,
    ],
    [
      "Asked for by itself",
      policy.promote?.[stage] === undefined ? "no: somebody asks" : html`each new version ${at(["promote", stage])}`,
    ],
    [
      "Imported versions",
      policy.register?.imported?.includes(stage) === true
        ? "may enter without an evaluation"
        : "have to be evaluated first",
    ],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
