import { html } from "hono/html";
import { editedPart, stateMark } from "../../../core/promotion/changed-meanwhile.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm, readOnlyNote } from "../view/act-form.ts";
import { chooseField, reasonField, textField, versionField } from "./fields.ts";

/** Characters: what is longer is written elsewhere, and a page stays small. */
const LONGEST_EDITED = 10_000;
const LONGEST_CHOICES = 3_000;

/** Asks for a version in a stage. */
export function promoteForm(
  request: PageRequest,
  { displayName, record }: CatalogModel,
  stages: readonly string[],
): Html | "" {
  const latest = record.latest_version;
  if (latest === 0) return "";
  const form = actForm(request, {
    ...{ act: "promote", hidden: { model: displayName }, submit: "Promote" },
    fields: html`<div class="fields">${versionField("promote-version", latest)}${chooseField("promote-stage", "stage", "Stage", [...stages].reverse())}${reasonField("promote-reason")}</div>`,
  });
  return form === "" ? "" : html`<section class="box"><h2>Promote a version</h2>${form}</section>`;
}

/** Everything else that people say of a model; in a session that changes nothing, why. */
export function manageForms(request: PageRequest, { displayName, record }: CatalogModel): Html | "" {
  if (request.visitor.readOnly !== undefined) return readOnlyNote(request);
  const hidden = { model: displayName };
  /** With what this page shows of what the form writes over. */
  const seeing = (act: "describe" | "tag" | "alias") => ({ ...hidden, seen: stateMark(editedPart(record, act)) });
  const { hold, aliases, tags, latest_version: latest, description = "" } = record;
  const part = (title: string, ...forms: (Html | "")[]) => html`<div><h3>${title}</h3>${forms}</div>`;
  const untag = actForm(request, {
    ...{ act: "untag", hidden: seeing("tag"), submit: "Take the tag away" },
    fields: oneOf("untag-key", "key", "Tag", Object.keys(tags)),
  });
  const unalias = actForm(request, {
    ...{ act: "unalias", hidden: seeing("alias"), submit: "Take the alias away" },
    fields: oneOf("unalias", "alias", "Alias", Object.keys(aliases)),
  });
  return html`<details class="box"><summary><h2>Describe, tag, alias, hold</h2></summary><div class="grid">
${part(
  "Description",
  description.length > LONGEST_EDITED
    ? html`<p class="quiet">It is too long for this page: <code>slipway describe</code> writes it.</p>`
    : actForm(request, {
        ...{ act: "describe", hidden: seeing("describe"), submit: "Save the description" },
        fields: html`<label for="describe-text">What it is for</label><textarea id="describe-text" name="text" maxlength="100000">${description}</textarea>`,
      }),
)}
${part(
  hold === undefined ? "Hold: nothing is promoted meanwhile" : "On hold",
  hold === undefined
    ? actForm(request, { act: "hold", hidden, submit: "Hold", fields: reasonField("hold-reason") })
    : actForm(request, { act: "unhold", hidden, submit: "Release", fields: reasonField("unhold-reason") }),
)}
${part(
  "Tags",
  actForm(request, {
    ...{ act: "tag", hidden: seeing("tag"), submit: "Set the tag" },
    fields: html`<div class="fields">${textField("tag-key", "key", "Tag")}${textField("tag-value", "value", "Value", { isNeeded: false })}</div>`,
  }),
  Object.keys(tags).length === 0 ? "" : untag,
)}
${
  latest === 0
    ? ""
    : part(
        "Aliases",
        actForm(request, {
          ...{ act: "alias", hidden: seeing("alias"), submit: "Set the alias" },
          fields: html`<div class="fields">${textField("alias-name", "alias", "Alias")}${versionField("alias-version", latest)}</div>`,
        }),
        Object.keys(aliases).length === 0 ? "" : unalias,
      )
}</div></details>`;
}

/** One of what there is; to be typed where there is so much that a list would be no help. */
function oneOf(id: string, name: string, words: string, choices: readonly string[]): Html {
  return choices.join("").length > LONGEST_CHOICES
    ? textField(id, name, words)
    : chooseField(id, name, words, [...choices].sort());
}

/** Why nothing is promoted, if somebody holds the model. */
export function holdNote({ record: { hold } }: CatalogModel): Html | "" {
  if (hold === undefined) return "";
  const why = hold.reason === undefined ? "" : `: ${hold.reason}`;
  return html`<p class="warning">On hold by ${visibleText(hold.by.name)}${visibleText(why, 500)}. Nothing is promoted meanwhile; rolling back works.</p>`;
}
