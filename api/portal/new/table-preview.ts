import { html } from "hono/html";
import { canBeLabel } from "../../../core/new-model/guess-model.ts";
import { ROWS_FILE } from "../../../core/new-model/model-text.ts";
import { newModel } from "../../../core/new-model/new-model.ts";
import { programFiles } from "../../../core/new-model/program-files.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { size } from "../../../core/report/size-words.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Page, PageRequest } from "../request/page.ts";
import { choiceOf } from "./choice.ts";
import { columnTable } from "./column-table.ts";
import { type Place, problemsOf } from "./place.ts";
import { proposeForm } from "./propose-form.ts";
import { settingsForm } from "./settings-form.ts";
import type { Upload } from "./uploads.ts";

/** So few rows teach nothing. */
export const FEWEST_ROWS = 30;

/** What a table holds, what a model of it would be, and every file of it. */
export async function tablePreview(
  request: PageRequest,
  { upload, place, packageRoot, name }: { upload: Upload; place: Place; packageRoot: string; name: string },
): Promise<Pick<Page, "body" | "status">> {
  const { host, query } = request;
  const profile = await upload.profile();
  const choice = choiceOf(profile, query);
  const head = html`<h1>New model${name === "" ? "" : html` ${name}`}</h1><p>${counted(profile.rows, "row")} of ${counted(profile.columns.length, "column")} in ${visibleText(upload.name)}.</p>${upload.notes.length === 0 ? "" : html`<ul>${upload.notes.slice(0, 50).map((note) => html`<li>${visibleText(note, 300)}</li>`)}</ul>`}${place.refused === undefined ? "" : html`<p class="warning" role="alert">${place.refused}</p>`}`;
  if (profile.rows < FEWEST_ROWS)
    return {
      status: 422,
      body: html`${head}<p class="warning" role="alert">Fewer than ${FEWEST_ROWS} rows teach nothing that a test could confirm. Bring more rows.</p>`,
    };
  const label = profile.columns.find((column) => column.name === choice?.label);
  if (choice === undefined || label === undefined || profile.columns.length < 2)
    return {
      status: 422,
      body: html`${head}<p class="warning" role="alert">No column can be predicted from the others: what is predicted has two to fifty classes, or is a number.</p>`,
    };
  const settings = settingsForm(request, profile, choice, name);
  const columns = html`<section class="box"><h2>Columns</h2>${columnTable(profile, choice)}</section>`;
  if (!canBeLabel(label, choice.task))
    return {
      status: 422,
      body: html`${head}${settings}<p class="warning" role="alert">${visibleText(label.name)} cannot be predicted as ${choice.task === "regression" ? "a number" : "a class"}: choose the other one, or another column.</p>${columns}`,
    };
  const { spec, why } = newModel(profile, choice, { name, policy: place.policy });
  const programs = Object.entries(await programFiles(packageRoot)).map(([file, text]) => [
    `${place.folder}/${file}`,
    text,
  ]);
  const texts: Record<string, string> = { [`${place.folder}/model.yaml`]: spec, ...Object.fromEntries(programs) };
  const problems = place.refused === undefined ? await problemsOf(host, place.commit, name, texts) : [];
  const kept = profile.rows - label.nulls;
  const without =
    label.nulls === 0
      ? ""
      : `; ${counted(label.nulls, "row")} without ${label.name} ${label.nulls === 1 ? "is" : "are"} left out`;
  const rows = `${place.folder}/${ROWS_FILE}: ${counted(kept, "row")}, about ${size(upload.bytes)}${without}`;
  const gates = html`<section class="box"><h2>Gates</h2><ul>${why.map((each) => html`<li>${each}</li>`)}</ul></section>`;
  const hidden = { csv: upload.digest, label: choice.label };
  return {
    body: html`${head}${settings}${columns}${gates}${proposeForm(request, { place, name, hidden, texts, others: [rows], problems })}`,
  };
}
