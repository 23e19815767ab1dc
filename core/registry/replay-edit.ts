import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person } from "../../schemas/names.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { canonicalJson } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { isRetired } from "../promotion/apply-change.ts";
import { newModel } from "../promotion/new-model.ts";
import { creationChange, type Editor, modelEdit, versionEdit } from "./edits.ts";
import { trailerOf } from "./message.ts";
import { parsePersonLine } from "./person-line.ts";
import type { RegistryChange } from "./registry-change.ts";
import type { Replayed } from "./replayed-commit.ts";
import type { HistoryCommit } from "./verify-history.ts";

/**
 * What making a model, or saying something about one, writes: who, when and what come from the commit itself, and the act
 * that it names may have changed nothing else than it says. Throws where it did.
 */
export function expectedEdit({ commit, written, known }: Replayed): RegistryChange {
  const editor = editorOf(commit);
  const act = trailerOf(commit.message, "Act") ?? "";
  const model = written.find(({ at }) => at.kind === "model");
  const metadata = written.find(({ at }) => at.kind === "metadata");
  if (model !== undefined) {
    const record = model.record as ModelRecord;
    if (model.before === undefined) return creationChange(newModel(record), { ...editor, at: record.created_at });
    refuseMore(act, model.before as ModelRecord, record, MODEL_EDITS, editor);
    const lost = Object.values(record.aliases).find((version) => !isThere(record, version));
    if (act === "alias" && lost !== undefined)
      throw new Error(`it lets an alias lead to version ${lost}, which is gone`);
    return modelEdit(record, act, "", editor);
  }
  if (metadata === undefined) throw new Error("it writes no record");
  const next = metadata.record as VersionMetadata;
  const none = { slipway: 1, model: next.model, version: next.version, tags: {}, updated_at: next.updated_at };
  refuseMore(act, metadata.before ?? none, next, VERSION_EDITS, editor);
  if (!isThere(known(next.model), next.version)) throw new Error(`it is about version ${next.version}, which is gone`);
  return versionEdit(next, act, "", editor);
}

function isThere(record: ModelRecord, version: number): boolean {
  return version >= 1 && version <= record.latest_version && !isRetired(record, version);
}

const MODEL_EDITS: Readonly<Record<string, string>> = {
  ...{ describe: "description", tag: "tags", untag: "tags", alias: "aliases", unalias: "aliases" },
};
const VERSION_EDITS: Readonly<Record<string, string>> = { describe: "description", tag: "tags", untag: "tags" };

/** One thing is said at a time, and it alone changes; a description's moment with it. */
function refuseMore(
  act: string,
  before: object,
  after: object,
  edits: Readonly<Record<string, string>>,
  { at }: Editor,
): void {
  const edited = Object.hasOwn(edits, act) ? (edits[act] as string) : undefined;
  if (edited === undefined) throw new Error(`it names the act ${act || "of nothing"}`);
  const differing = differingKeys(before, after);
  const moment = (after as { updated_at: string }).updated_at;
  const allowed = act === "describe" ? [edited, "updated_at"] : [edited];
  const other = differing.find((key) => !allowed.includes(key));
  if (other !== undefined) throw new Error(`it changes ${other} too`);
  if (act === "describe") {
    const was = (before as { updated_at: string }).updated_at;
    if (differing.includes("updated_at") && (moment < was || moment < at)) throw new Error(`it dates itself ${moment}`);
    return;
  }
  const [was, is] = [before, after].map((each) => (each as Record<string, object | undefined>)[edited] ?? {});
  const keys = differingKeys(was as object, is as object);
  if (keys.length !== 1) throw new Error(`it changes ${keys.length} ${edited}`);
  if (act.startsWith("un") === Object.hasOwn(is as object, keys[0] as string))
    throw new Error(`it is to ${act}, and does not`);
}

function differingKeys(before: object, after: object): string[] {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...was.keys(), ...is.keys()])].filter(
    (key) => canonicalJson(was.get(key) ?? null) !== canonicalJson(is.get(key) ?? null),
  );
}

function editorOf({ message, author }: HistoryCommit): Editor {
  const by: Person = parsePersonLine(trailerOf(message, "Actor") ?? "") ?? { name: "", id: "" };
  const [, seconds = "0"] = / (\d+) \+0000$/.exec(author) ?? [];
  return { by, at: timestamp(new Date(Number(seconds) * 1000)), host: trailerOf(message, "Host") ?? "" };
}
