import { METRIC_RULES } from "../../core/acts/project.ts";
import { openCommit } from "../../core/source/commit.ts";
import { modelsFolder, policyStages } from "../../core/spec/policy-rules.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import type { EventContext } from "../github/event-context.ts";
import { loadPull } from "../pulls/state/load-pull.ts";
import { askForPull, isToDefaultBranch, knownPull } from "../pulls/state/pull-request-cache.ts";
import type { MergedModel } from "../pulls/state/state.ts";
import { defaultTip, registryOf } from "../repositories/read-mirror.ts";
import type { Known } from "./grammar/argument-parser.ts";
import type { ChangedModel, ThreadState } from "./grammar/resolve-target.ts";

/** What an event says of the issue that it is about; `pull` is there if the issue is a pull request. */
export interface ThreadRef {
  number: number;
  pull?: { merged: boolean; open: boolean } | undefined;
  /** The model whose alarms it is about, if the App keeps it for that. */
  alarmsOf?: string | undefined;
}

/** Reads the issue or pull request that a command was written in, as the mirror was last refreshed. */
export async function readThreadState(
  context: EventContext,
  { number, pull: told, alarmsOf: model }: ThreadRef,
): Promise<ThreadState> {
  if (told === undefined && model !== undefined) {
    const { policy } = await loadPolicy(openCommit(context.ports.objects, await defaultTip(context)), METRIC_RULES);
    const stage = policyStages(policy).at(-1);
    if (stage !== undefined) return { kind: "monitoring", number, model, stage };
  }
  if (told === undefined) return { kind: "issue", number };
  const heard = await knownPull(context, number);
  // The event may know better than what was last heard.
  const current = (heard.state === "merged") === told.merged && (heard.state === "open") === told.open;
  const pull = current ? heard : await askForPull(context, number);
  const state = await loadPull(context, pull);
  const { head, mergeCommit } = state.pull;
  const about = { kind: "pull", number, state: pull.state, head, mergeCommit } as const;
  if (!isToDefaultBranch(context, pull)) return { ...about, models: [] };
  const changed = state.models.filter(({ kind }) => kind !== "removed").map(({ model }) => ({ model }));
  return { ...about, models: pull.state === "merged" ? state.merged.map(pulledModel) : changed };
}

function pulledModel(merged: MergedModel): ChangedModel {
  const { model, kind } = merged;
  if (kind === "registered") return { model, version: merged.manifest.version };
  const why = kind === "missed" ? merged.missed.refusals[0]?.message : undefined;
  return { model, why };
}

/**
 * Reads the names that a command's words may mean: from the registry, and from the policy and the models' folders at
 * the tip.
 */
export async function readKnown(context: EventContext): Promise<Known> {
  const tree = openCommit(context.ports.objects, await defaultTip(context));
  const { policy } = await loadPolicy(tree, METRIC_RULES);
  const registered = await (await registryOf(context)).models();
  const folders = await tree.folders(modelsFolder(policy));
  return { models: new Set([...registered, ...folders]), stages: new Set(policyStages(policy)) };
}
