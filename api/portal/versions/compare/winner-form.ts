import { html } from "hono/html";
import { isRetired } from "../../../../core/promotion/apply-change.ts";
import { policyStages } from "../../../../core/spec/policy-rules.ts";
import type { Policy } from "../../../../schemas/policy.ts";
import type { Html, PageRequest } from "../../request/page.ts";
import { actForm, readOnlyNote } from "../../view/act-form.ts";
import type { ShownVersion } from "../load-version.ts";

/** Promotes one of the versions side by side. Its gates are asked as anywhere else. */
export function winnerForm(request: PageRequest, versions: readonly ShownVersion[], policy: Policy): Html | "" {
  const [first] = versions;
  const able = versions.filter(
    ({ model, version, read }) => !isRetired(model.record, version) && read.distrust === undefined,
  );
  if (first === undefined || able.length === 0) return "";
  const stages = [...policyStages(policy)].reverse();
  const form = actForm(request, {
    act: "promote",
    hidden: { model: first.model.name },
    fields: html`<div class="fields"><div><label for="winner">Version</label><select id="winner" name="version" required><option value="">choose one</option>${able.map(({ version }) => html`<option value="${version}">version ${version}</option>`)}</select></div>
<div><label for="stage">Stage</label><select id="stage" name="stage">${stages.map((stage) => html`<option value="${stage}">${stage}</option>`)}</select></div>
<div><label for="why">Reason</label><input id="why" name="reason" maxlength="1000"></div></div>`,
    submit: "Promote",
    label: "Promote the chosen version",
  });
  return html`<section class="box"><h2>Promote the winner</h2>${readOnlyNote(request)}${form}</section>`;
}
