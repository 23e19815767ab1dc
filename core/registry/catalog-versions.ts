import type { Refusal } from "../../schemas/decision.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { GitObjects } from "../git/objects.ts";
import { type ModelAt, openChecks } from "./checked-version.ts";
import { type History, modelFolders, type VersionRead } from "./model-folder.ts";

/** A version, and why it must not be handed out, if it must not. */
export interface CatalogVersion extends VersionRead {
  readonly distrust: Refusal | undefined;
}

/** What says whether a registry's records are to be believed: the remote that has their tags, and whom the policy names now. */
export interface Trust {
  remote: string | undefined;
  signers(): Promise<readonly Signer[]>;
}

type Model = Omit<ModelAt, "commit">;

export interface CheckedVersions {
  version(commit: CommitId, model: Model, version: number): Promise<CatalogVersion | undefined>;
  stage(commit: CommitId, model: Model, stage: string): Promise<Refusal | undefined>;
  history(model: Model): Promise<History>;
  askSignersAgain(): void;
}

/** What was found good of a model, whose folder is the same for as long as the object is. */
interface Good {
  versions: Map<number, CatalogVersion>;
  stages: Set<string>;
}

/** Versions with what the checks say of them, by the signers as they were when a catalog was asked for last. */
export function checkedVersions(objects: GitObjects, trust: Trust): CheckedVersions {
  const folders = modelFolders(objects);
  const checks = openChecks(objects, trust.remote, folders);
  let asked: Promise<readonly Signer[]> | undefined;
  let known: { signers: readonly Signer[]; good: WeakMap<Model, Good> } = { signers: [], good: new WeakMap() };

  async function knownOf(model: Model): Promise<{ signers: readonly Signer[]; good: Good }> {
    asked ??= trust.signers();
    const signers = await asked;
    if (known.signers !== signers) known = { signers, good: new WeakMap() };
    let good = known.good.get(model);
    if (good === undefined) {
      good = { versions: new Map(), stages: new Set() };
      known.good.set(model, good);
    }
    return { signers, good };
  }

  return {
    async version(commit, model, version) {
      const { signers, good } = await knownOf(model);
      const before = good.versions.get(version);
      if (before !== undefined) return before;
      const [read, distrust] = await Promise.all([
        folders.version(model, version),
        checks.version({ commit, ...model }, version, signers),
      ]);
      if (read === undefined) return undefined;
      const found = { ...read, distrust };
      if (distrust === undefined) good.versions.set(version, found);
      return found;
    },
    async stage(commit, model, stage) {
      const { signers, good } = await knownOf(model);
      if (good.stages.has(stage)) return undefined;
      const refusal = await checks.stage({ commit, ...model }, stage, signers);
      if (refusal === undefined) good.stages.add(stage);
      return refusal;
    },
    history: (model) => folders.history(model),
    askSignersAgain: () => {
      asked = undefined;
    },
  };
}
