import { z } from "zod";
import { decidingBranch } from "../../../core/acts/binding.ts";
import { ROWS_FILE } from "../../../core/new-model/model-text.ts";
import { labelledRows } from "../../../core/new-model/new-model.ts";
import { programFiles } from "../../../core/new-model/program-files.ts";
import { TEMPLATES } from "../../../core/new-model/templates.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { type Place, placeFor, problemsOf } from "../new/place.ts";
import { missingOf } from "../new/template-files.ts";
import { findUpload } from "../new/uploads.ts";
import { textOf } from "../policy/preview.ts";
import { type ActOutcome, type FormRequest, formAct } from "../request/form.ts";
import { propose } from "./proposed.ts";

const Fields = z.looseObject({
  name: z.string().trim().min(1).max(100),
  title: z.string().trim().min(1).max(200),
  /** The table that was brought, and what is predicted of it. */
  csv: z.string().max(64).optional(),
  label: z.string().max(200).optional(),
  template: z.enum(TEMPLATES).optional(),
});
type Fields = z.infer<typeof Fields>;

/** Proposes a new model: its files as they were shown, with what was changed in them. */
export const proposeModel = formAct<Fields>({
  fields: Fields,
  async act(request, fields) {
    const { host } = request;
    const { name, title } = fields;
    const { commit } = await decidingBranch(host.ports);
    const place = await placeFor(host, commit, name);
    if (place.refused !== undefined) return refused("NAME_INVALID", place.refused);
    const made = await madeFiles(request, fields, place);
    if (made === undefined) return refused("USAGE", "That table is not here any more: bring it again.");
    const files = { ...made, ...editedTexts(fields, made) };
    const problems = await problemsOf(host, commit, name, files);
    if (problems.length > 0) {
      const said = problems
        .slice(0, 50)
        .map(({ file, line, column, message }) =>
          [[file, line, column].filter((part) => part !== undefined).join(":"), message].filter(Boolean).join(": "),
        );
      return { ...refused("SPEC_INVALID", `${name} could not be run as it stands`), said };
    }
    const body = `A new model, begun on the portal${fields.template === undefined ? " from a table" : ` from the template ${fields.template}`}.`;
    return propose(request, { kind: `new-${name}`, title, body, files });
  },
});

function refused(code: string, title: string): Extract<ActOutcome, { outcome: "refused" }> {
  return { outcome: "refused", code, title, status: 422 };
}

async function madeFiles(
  { host, visitor, now }: FormRequest,
  { csv, label, template, name }: Fields,
  place: Place,
): Promise<Record<string, string> | undefined> {
  const { packageRoot, ports } = host;
  if (packageRoot === undefined) return undefined;
  const tree = openCommit(ports.objects, place.commit);
  if (template !== undefined)
    return Object.fromEntries(await missingOf(packageRoot, template, { name, folder: place.folder, tree }));
  const upload = csv === undefined ? undefined : findUpload(visitor, csv, now);
  if (upload === undefined || label === undefined) return undefined;
  const { nullTexts } = await upload.profile();
  const programs = Object.entries(await programFiles(packageRoot)).map(([file, text]) => [
    `${place.folder}/${file}`,
    text,
  ]);
  const [ignored] = await tree.blobs([".gitignore"]);
  return {
    ...Object.fromEntries(programs),
    [`${place.folder}/model.yaml`]: "",
    [`${place.folder}/${ROWS_FILE}`]: labelledRows(await upload.table(), label, nullTexts),
    ...(ignored === undefined ? { ".gitignore": ".slipway/\nnode_modules/\n" } : {}),
  };
}

/** What the form has of files that are made here anyway: no form names a path of its own. */
function editedTexts(fields: Fields, made: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(made).flatMap((path) => {
      const sent = fields[`file:${path}`];
      return typeof sent === "string" ? [[path, textOf(sent)]] : [];
    }),
  );
}
