import { html } from "hono/html";
import type { RunRecord, RunSummary } from "../../../schemas/run-summary.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm } from "../view/act-form.ts";

/** What can be done with a run: a star, a note, and its params as the model's own. */
export function runActs(
  request: PageRequest,
  { run, starred, note = "", status }: RunSummary,
  record: RunRecord,
): Html | "" {
  const { host, visitor } = request;
  if (visitor.readOnly !== undefined) return "";
  const hidden = { run };
  const star = actForm(request, {
    act: starred ? "unstar" : "star",
    hidden,
    submit: starred ? "Take the star away" : "Star",
  });
  const noteForm = actForm(request, {
    act: "note",
    hidden,
    fields: html`<p><label for="note">Note</label><textarea id="note" name="note" maxlength="2000">${note}</textarea></p>`,
    submit: "Keep the note",
  });
  const adopt =
    host.propose === undefined || status === "running" || record.given === undefined
      ? ""
      : html`<section class="box"><h2>Make this the spec</h2><p>${host.url === undefined ? "A branch" : "A pull request"} that gives model.yaml of the default branch this run's params and seed. Its code stays as it is there.</p>${actForm(request, { act: "adopt", hidden, submit: "Make this the spec" })}</section>`;
  return html`<section class="box"><h2>Remember it</h2><div class="actions">${star}</div>${noteForm}</section>${adopt}`;
}
