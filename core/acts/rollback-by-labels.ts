import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { Alarm } from "../../schemas/monitoring.ts";
import type { CommitId, Person, StageName } from "../../schemas/names.ts";
import { type EarlierVersion, rollbackTarget } from "../drift/rollback-target.ts";
import { currentAssignment } from "../promotion/assign-stage.ts";
import { earlierDecisions } from "../promotion/decide-rollback.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { ModelStanding } from "./monitor-states.ts";
import type { Ports } from "./ports.ts";
import { evaluatedVersion, knownModel } from "./registered.ts";
import { rollBack } from "./rollback.ts";
import { truncateReason } from "./truncate-reason.ts";

export interface LabelRollbackAsk {
  standing: ModelStanding;
  /** The sure alarms that it rests on. */
  alarms: readonly Alarm[];
  stage: StageName;
  by: Person;
  /** owner/name; of a plain repository local/ and its folder's name. */
  repository: string;
}

/** `words`: a sentence for each version that was asked whether it holds the bars. */
export type LabelRollback =
  | { outcome: "rolled-back"; decision: Decision; words: string[] }
  /** No version before holds the bars: people have to act. */
  | { outcome: "none"; words: string[] }
  /** A person changed the stage since, or changes it now. */
  | { outcome: "left"; refusal: Refusal; words: string[] };

/**
 * Brings back the newest version before the live one that holds the spec's bars, as a rollback like any other, with the figures as its
 * reason. Once in each stay of a version, whoever asks again. Rejects as `rollBack` does.
 */
export async function rollBackByLabels(ports: Ports, ask: LabelRollbackAsk): Promise<LabelRollback> {
  const { standing, alarms, stage, by, repository } = ask;
  const { monitoring } = standing;
  const snapshot = await ports.registry.snapshot();
  const record = await knownModel(snapshot, standing.record.name);
  const live = currentAssignment(record, stage);
  const decisions = (await snapshot.list("decision", record.name)).filter((each) => each.stage === stage);
  // Whoever was killed after the rollback finds it here.
  const done = decisions.find(({ id, source }) => id === live?.decision && source?.kind === "monitor");
  if (done?.replaces === alarms[0]?.version && done !== undefined)
    return { outcome: "rolled-back", decision: done, words: [] };
  if (live === undefined || live.version !== alarms[0]?.version) return { outcome: "left", refusal: GONE, words: [] };
  let earlier = await earlierVersions(snapshot, standing, [...earlierDecisions(live, decisions, record)], live.version);
  const passed: string[] = [];
  for (;;) {
    const { version, words } = rollbackTarget(earlier, standing.loaded?.spec.monitor);
    if (version === undefined) return { outcome: "none", words: [...passed, ...words] };
    const result = await rollBack(ports, {
      ...{ model: record.name, stage, to: version, requestedBy: by },
      ...truncateReason(reasonOf(alarms, words, monitoring)),
      source: {
        ...{ kind: "monitor", repository, id: live.decision, place: 0 },
        ...(monitoring === undefined ? {} : { commit: monitoring }),
      },
    });
    if (result.outcome === "rolled-back")
      return { outcome: "rolled-back", decision: result.decision, words: [...passed, ...words] };
    if (result.outcome === "denied") return { outcome: "left", refusal: result.refusal, words: [...passed, ...words] };
    // Its bytes may be lost, or its tag be trusted no more: the one before it may still do.
    const why = result.outcome === "refused" ? result.refusals.map(({ message }) => message).join(" ") : result.outcome;
    passed.push(...words, `version ${version} cannot come back: ${why}`);
    earlier = earlier.slice(earlier.findIndex((each) => each.version === version) + 1);
  }
}

const GONE: Refusal = {
  code: "OVERTAKEN",
  message: "The version that the labels are about is not live any more.",
  hint: "Nothing to do: another version answers.",
};

async function earlierVersions(
  snapshot: RegistrySnapshot,
  { record, windows }: ModelStanding,
  decisions: readonly Decision[],
  live: number,
): Promise<EarlierVersion[]> {
  const versions = [...new Set(decisions.map(({ version }) => version))].filter((version) => version !== live);
  return Promise.all(
    versions.map(async (version) => {
      const found = await evaluatedVersion(snapshot, record.name, version);
      return { version, evaluation: found?.manifest.evaluation, windows };
    }),
  );
}

function reasonOf(alarms: readonly Alarm[], words: readonly string[], monitoring: CommitId | undefined): string {
  const rests = monitoring === undefined ? "" : ` Rests on commit ${monitoring} of the branch monitoring.`;
  const told = alarms.map((alarm) => `${alarm.words}, since ${alarm.since}.`).join(" ");
  return `By policy, on labels: ${told} What comes back: ${words.at(-1)}.${rests}`;
}
