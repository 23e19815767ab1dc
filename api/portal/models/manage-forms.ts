import { html } from "hono/html";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm, readOnlyNote } from "../view/act-form.ts";
import { chooseField, reasonField, textField, versionField } from "./fields.ts";

/** So many tags or aliases can be chosen from: there may be a thousand. */
const MOST_CHOICES = 100;

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
  const { hold, aliases, tags, latest_version: latest, description = "" } = record;
  const part = (title: string, ...forms: (Html | "")[]) => html`<div><h3>${title}</h3>${forms}</div>`;
  const choices = (of: Readonly<Record<string, unknown>>) => Object.keys(of).sort().slice(0, MOST_CHOICES);
  const untag = actForm(request, {
    ...{ act: "untag", hidden, submit: "Take the tag away" },
    fields: chooseField("untag-key", "key", "Tag", choices(tags)),
  });
  const unalias = actForm(request, {
    ...{ act: "unalias", hidden, submit: "Take the alias away" },
    fields: chooseField("unalias", "alias", "Alias", choices(aliases)),
  });
  return html`<details class="box"><summary><h2>Describe, tag, alias, hold</h2></summary><div class="grid">
${part(
  "Description",
  actForm(request, {
    ...{ act: "describe", hidden, submit: "Save the description" },
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
    ...{ act: "tag", hidden, submit: "Set the tag" },
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
          ...{ act: "alias", hidden, submit: "Set the alias" },
          fields: html`<div class="fields">${textField("alias-name", "alias", "Alias")}${versionField("alias-version", latest)}</div>`,
        }),
        Object.keys(aliases).length === 0 ? "" : unalias,
      )
}</div></details>`;
}

/** Why nothing is promoted, if somebody holds the model. */
export function holdNote({ record: { hold } }: CatalogModel): Html | "" {
  if (hold === undefined) return "";
  const why = hold.reason === undefined ? "" : `: ${hold.reason}`;
  return html`<p class="warning">On hold by ${visibleText(hold.by.name)}${visibleText(why, 500)}. Nothing is promoted meanwhile; rolling back works.</p>`;
}
