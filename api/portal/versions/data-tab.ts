import { html } from "hono/html";
import { keptReference } from "../../../core/monitoring/reference.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { left, right, type Section } from "../../../core/report/report.ts";
import { size } from "../../../core/report/size-words.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { makeWorkFolder } from "../../../core/runtime/work-folder.ts";
import type { DataSet } from "../../../schemas/data-record.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { fitSections } from "../view/fit-sections.ts";
import { sectionHtml } from "../view/section.ts";
import type { ShownVersion } from "./load-version.ts";
import { profileHtml } from "./profile-html.ts";

/** Bytes for the lists of files and columns. */
const MOST_BYTES = 24_000;

/** The data that the version was made from and judged on: files by their digests, and the kept profile of what it was trained on. */
export async function dataTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { manifest } = shown;
  const { data, imported, evaluation } = manifest;
  const known = imported === undefined || Object.keys(evaluation.metrics).length > 0;
  const sections = fitSections(
    [
      ...(data.train ? setSections("Training data", data.train) : []),
      ...(known ? setSections("Test data", data.test) : []),
      ...signatureSection(manifest.signature),
    ],
    MOST_BYTES,
    "The record in the registry has all of them.",
  );
  const none = html`<p class="empty">Nothing is on record of its data: it was imported, and nobody has evaluated it.</p>`;
  return html`${sections.length === 0 ? none : sections.map(sectionHtml)}${await profile(request, shown)}`;
}

function setSections(title: string, set: DataSet): Section[] {
  const { rows, sha256, files, labels = [], part } = set;
  const which =
    part === undefined
      ? ""
      : ` The ${part.of === "rest" ? "rows that decide, without the preview" : "preview"}, of ${part.share} of all.`;
  const all = [
    ...files.map((file) => ({ ...file, what: "rows" })),
    ...labels.map((file) => ({ ...file, what: "labels" })),
  ];
  const columns = [left("File"), left("Holds"), right("Size"), left("sha256")];
  return [
    {
      ...{ title, folded: false, text: [`${counted(rows, "row")}, sha256 ${sha256.slice(0, 12)}.${which}`] },
      table: { columns, rows: all.map((file) => [file.path, file.what, size(file.size), file.sha256.slice(0, 12)]) },
    },
  ];
}

function signatureSection(signature: ShownVersion["manifest"]["signature"]): Section[] {
  if (signature === undefined) return [];
  const { inputs, outputs, params = [] } = signature;
  const rows = Object.entries({ input: inputs, output: outputs, param: params }).flatMap(([kind, fields]) =>
    fields.map(({ name, type, optional }) => [kind, name, `${type}${optional ? ", may be missing" : ""}`]),
  );
  return [
    { title: "Takes and gives", folded: false, text: [], table: { columns: ["Kind", "Name", "Type"].map(left), rows } },
  ];
}

async function profile(request: PageRequest, { manifest }: ShownVersion): Promise<Html | ""> {
  if (manifest.data.profile === undefined)
    return html`<section class="box"><h2>Profile</h2><p class="quiet">None was kept of its training data.</p></section>`;
  const work = await makeWorkFolder("profile");
  try {
    const { store } = request.host.ports;
    const { features, problem } = await keptReference(
      store,
      { ...manifest, predictions_profile: undefined },
      work.private,
    );
    if (features !== undefined) return profileHtml(request, features);
    return html`<section class="box"><h2>Profile</h2><p class="warning">The kept profile cannot be read. ${visibleText(problem ?? "", 500)}</p></section>`;
  } finally {
    await work.remove();
  }
}
