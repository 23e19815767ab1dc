import { html } from "hono/html";
import { own } from "../../../core/gates/gate-evidence.ts";
import { isRetired } from "../../../core/promotion/apply-change.ts";
import { editedPart, standingOf, stateMark } from "../../../core/promotion/changed-meanwhile.ts";
import { stagesHolding } from "../../../core/report/registry-reports.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm } from "../view/act-form.ts";
import type { ShownVersion } from "./load-version.ts";

/** Characters of a description that a page holds to change: a longer one would be cut by saving it. */
const LONGEST_SHOWN = 10_000;

/** What can be done with a version beside promoting it. */
export function versionActs(request: PageRequest, { model, version, read, manifest }: ShownVersion): Html | "" {
  if (request.visitor.readOnly !== undefined) return "";
  const { record, name } = model;
  const about = { model: name, version };
  const aliases = Object.entries(record.aliases).flatMap(([alias, led]) => (led === version ? [alias] : []));
  const isLive = stagesHolding(record, version).length > 0;
  const isGone = isRetired(record, version);
  const isArchived = own(record.archived ?? {}, String(version)) !== undefined;
  const said = read.metadata?.description ?? manifest.description ?? "";
  // With what this page shows of what the form writes over.
  const aliased = { seen: stateMark(editedPart(record, "alias")) };
  const described = { ...about, seen: stateMark(editedPart(read.metadata, "describe")) };
  const tagged = { ...about, seen: stateMark(editedPart(read.metadata, "tag")) };
  const standing = { ...about, seen: stateMark(standingOf(record, version)) };
  const reason = (id: string, needed = false) =>
    html`<label for="${id}">Why, for the record</label><input id="${id}" name="reason"${needed ? html` required` : ""} maxlength="1000"> `;
  return html`<details class="box"><summary><h2>Change it</h2></summary>
<h3>Alias</h3>${aliases.map((alias) => actForm(request, { act: "unalias", hidden: { model: name, alias, ...aliased }, submit: `Take @${alias} away` }))}
${actForm(request, { act: "alias", hidden: { ...about, ...aliased }, submit: "Set", label: "Set the alias", fields: html`<label for="alias">Lead an alias here</label><input id="alias" name="alias" required maxlength="255" pattern="[\\p{L}\\p{N}_\\-]+"> ` })}
${said.length > LONGEST_SHOWN ? "" : html`<h3>Description</h3>${actForm(request, { act: "describe", hidden: described, submit: "Save the description", fields: html`<label for="text">What people should know of this version</label><textarea id="text" name="text" maxlength="100000">${said}</textarea> ` })}`}
<h3>Tag</h3>${Object.keys(read.metadata?.tags ?? {})
    .slice(0, 20)
    .map((key) =>
      actForm(request, { act: "untag", hidden: { ...tagged, key }, submit: `Take ${key.slice(0, 60)} away` }),
    )}
${actForm(request, { act: "tag", hidden: tagged, submit: "Add", label: "Add the tag", fields: html`<label for="key">Key</label><input id="key" name="key" required maxlength="250"> <label for="value">Value</label><input id="value" name="value" maxlength="2000"> ` })}
${isGone || isLive || isArchived ? "" : html`<h3>Archive</h3>${actForm(request, { act: "archive", hidden: standing, fields: reason("why-archive"), submit: "Archive", label: `Archive version ${version}` })}`}
${isGone ? "" : html`<h3>Withdraw</h3><p class="quiet">It leaves its stages, and goes to none any more. Its record and its number stay.</p>${actForm(request, { act: "withdraw", hidden: standing, fields: reason("why-withdraw", true), submit: "Withdraw", danger: true, label: `Withdraw version ${version}` })}`}
</details>`;
}
