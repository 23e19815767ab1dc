import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { labelColumn } from "../data/roles.ts";
import { SlipwayError } from "../errors.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { dataLocations, type ModelInputs } from "../plan/inputs.ts";
import type { SourceTree } from "../source/tree.ts";
import { modelsFolder } from "../spec/policy-rules.ts";
import { loadPolicy, loadProject } from "../spec/project.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";
import { METRIC_RULES } from "./project.ts";

/**
 * Test rows have one preview, whichever models read them. Rejects with PREVIEW_DIFFERS where another model of the default
 * branch reads the same pinned file, and its rows are told apart by other columns than `by`: what one model's authors look at
 * would decide on the other one. `tip` has the default branch's files.
 */
export async function refuseOtherPreview(tip: SourceTree, model: RunnableModel, by: ModelSpec): Promise<void> {
  const own = await pinnedTests(model, model.tree);
  if (own.length === 0) return;
  const models = (await pinning(tip, own)).filter((name) => name !== model.name);
  for (const other of (await loadProject(tip, METRIC_RULES, { models })).models.values()) {
    if (keyOf(other.spec) === keyOf(by)) continue;
    const theirs = await pinnedTests(other, tip).catch(refusedAsNone);
    if (!theirs.some((sha256) => own.includes(sha256))) continue;
    throw new SlipwayError(
      "PREVIEW_DIFFERS",
      `${model.name} would preview other rows of its test data than ${other.name}`,
      {
        expected: `${keyOf(other.spec)}, as in ${other.path}: what authors look at decides on neither model`,
        found: keyOf(by),
        file: model.path,
        ...model.position?.(["data"]),
        hint: "Name the same data.group in both specs, or the same data.id and no group. The default branch's specs count.",
      },
    );
  }
}

/** The models that pin one of these files for whatever they use it: specs are read of these alone. */
async function pinning(tip: SourceTree, wanted: readonly Sha256[]): Promise<string[]> {
  const folder = modelsFolder((await loadPolicy(tip, METRIC_RULES)).policy);
  const found: string[] = [];
  for (const name of await tip.folders(folder)) {
    const files = await readDataLock(tip, `${folder}/${name}`).then((lock) => lock?.files ?? [], refusedAsNone);
    if (files.some(({ sha256 }) => wanted.includes(sha256))) found.push(name);
  }
  return found;
}

/** The digests of the pinned files that hold a model's test rows: one file has many addresses. */
async function pinnedTests(model: ModelInputs, tree: SourceTree): Promise<Sha256[]> {
  const uris = dataLocations(model).flatMap(({ role, kind, location }) =>
    kind === "uri" && role !== "train" ? [location] : [],
  );
  const lock = uris.length === 0 ? undefined : await readDataLock(tree, model.folder);
  return (lock?.files ?? []).flatMap(({ uri, of, sha256 }) => (uris.includes(of ?? uri) ? [sha256] : []));
}

/** A model whose own data cannot be read stands in nobody else's way. */
function refusedAsNone(error: unknown): [] {
  if (!(error instanceof SlipwayError)) throw error;
  return [];
}

/** What tells a row's part, in words. */
function keyOf(spec: ModelSpec): string {
  const { group, id } = spec.data;
  if (group !== undefined || id !== undefined) return `rows told apart by ${group ?? id}`;
  return `rows told apart by all columns but ${labelColumn(spec) ?? "a label"}`;
}
