import type { StageName } from "../../schemas/names.ts";
import { toSecond } from "../clock.ts";
import type { ModelStanding } from "./monitor-states.ts";
import type { Ports } from "./ports.ts";
import type { LabelRollback } from "./rollback-by-labels.ts";

/**
 * What became of a rollback by labels, a sentence each: of one that was just tried, or else of the one that put the live version into
 * the stage, while its alarm is not over. So whoever was killed after it tells of it as well.
 */
export async function rollbackWords(
  { registry }: Pick<Ports, "registry">,
  { record, state }: ModelStanding,
  stage: StageName,
  tried?: LabelRollback,
): Promise<string[]> {
  if (tried?.outcome === "none")
    return ["No version before holds the bars, so none comes back by itself.", ...tried.words.map(sentence)];
  if (tried?.outcome === "left") return [`No version comes back by itself: ${tried.refusal.message}`];
  if (["quiet", "unwatched", "idle"].includes(state.state)) return [];
  const snapshot = await registry.snapshot();
  const live = (await snapshot.model(record.name))?.stages[stage];
  const decision =
    tried?.decision ?? (live && (await snapshot.read({ kind: "decision", model: record.name, id: live.decision })));
  if (decision?.act !== "rollback" || decision.source?.kind !== "monitor") return [];
  const { version, replaces, decided_at, source, id } = decision;
  const rests =
    source.commit === undefined ? "" : `, resting on commit ${source.commit.slice(0, 12)} of the branch monitoring`;
  return [
    `Version ${version} is in ${stage} again in place of version ${replaces}: decided by labels at ${toSecond(decided_at)}${rests} (decision ${id.slice(0, 12)}).`,
    ...(tried?.words ?? []).map(sentence),
  ];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
