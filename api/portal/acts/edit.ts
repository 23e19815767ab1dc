import { z } from "zod";
import { editModel, type ModelEdit } from "../../../core/acts/edit-model.ts";
import { editVersion, type VersionEdit } from "../../../core/acts/edit-version.ts";
import { type ActOutcome, type FormRequest, formAct } from "../request/form.ts";
import { Model, Seen, Version } from "./fields.ts";
import { denied } from "./refused.ts";

/** Of a version where one is named, else of the model. */
const What = { model: Model, version: Version.optional(), seen: Seen };
/** What these may be, and how long, is the registry's to say. */
const Word = z.string().trim().min(1).max(500);

const Description = z.object({ ...What, text: z.string().max(200_000) });
const Tag = z.object({ ...What, key: Word, value: z.string().max(10_000) });
const Untag = z.object({ ...What, key: Word });
const Alias = z.object({ model: Model, alias: Word, version: Version, seen: Seen });
const Unalias = z.object({ model: Model, alias: Word, seen: Seen });

/** Says what a model or a version is; an empty text takes that away. */
export const describe = formAct<z.infer<typeof Description>>({
  fields: Description,
  act(request, { text, ...what }) {
    // A browser sends a text's lines with a carriage return each.
    const description = text.replace(/\r\n?/g, "\n").trim();
    const done = description === "" ? "has no description now" : "is described so";
    return edit(request, what, { act: "describe", description }, done);
  },
});

export const tag = formAct<z.infer<typeof Tag>>({
  fields: Tag,
  act: (request, { key, value, ...what }) => edit(request, what, { act: "tag", key, value }, `has the tag ${key}`),
});

export const untag = formAct<z.infer<typeof Untag>>({
  fields: Untag,
  act: (request, { key, ...what }) => edit(request, what, { act: "untag", key }, `has no tag ${key}`),
});

export const alias = formAct<z.infer<typeof Alias>>({
  fields: Alias,
  act: (request, { alias, version, ...what }) =>
    editOfModel(request, what, { act: "alias", alias, version }, `${what.model}@${alias} is version ${version}`),
});

export const unalias = formAct<z.infer<typeof Unalias>>({
  fields: Unalias,
  act: (request, { alias, ...what }) =>
    editOfModel(request, what, { act: "unalias", alias }, `${what.model} has no alias ${alias}`),
});

interface Edited {
  model: string;
  seen?: string | undefined;
}

async function edit(
  request: FormRequest,
  { model, version, seen }: Edited & { version?: number | undefined },
  edit: VersionEdit,
  done: string,
): Promise<ActOutcome> {
  if (version === undefined) return editOfModel(request, { model, seen }, edit, `${model} ${done}`);
  const { host, visitor } = request;
  const by = { by: visitor.person, authorize: visitor.authorize?.("edit") };
  return told(
    await editVersion(host.ports, { model, version, edit, seen, ...by }),
    `${model} version ${version} ${done}`,
  );
}

async function editOfModel(
  { host, visitor }: FormRequest,
  { model, seen }: Edited,
  edit: ModelEdit,
  done: string,
): Promise<ActOutcome> {
  const by = { by: visitor.person, authorize: visitor.authorize?.("edit") };
  return told(await editModel(host.ports, { model, edit, seen, ...by }), done);
}

function told(result: Awaited<ReturnType<typeof editModel | typeof editVersion>>, done: string): ActOutcome {
  if (result.outcome === "denied") return denied(result.refusal);
  return { outcome: "done", said: `${done}${result.outcome === "unchanged" ? " already" : ""}.` };
}
