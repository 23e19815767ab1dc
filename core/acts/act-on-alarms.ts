import type { Decision } from "../../schemas/decision.ts";
import type { MonitorResult, MovedPins } from "../../schemas/monitoring.ts";
import type { ModelName, Person, StageName } from "../../schemas/names.ts";
import type { MonitorThen } from "../../schemas/policy.ts";
import { timestamp } from "../clock.ts";
import { labelDelay } from "../drift/label-delay.ts";
import { type MonitorAct, nextActs } from "../drift/next-acts.ts";
import { windowLength } from "../drift/windows.ts";
import { SlipwayError } from "../errors.ts";
import { monitorReport } from "../report/monitor-report.ts";
import type { Report } from "../report/report.ts";
import { policyStages } from "../spec/policy-rules.ts";
import { decidingBranch } from "./binding.ts";
import { currentPolicy } from "./current-policy.ts";
import { completeDeploy } from "./deploy.ts";
import { eachStanding, type ModelStanding } from "./monitor-states.ts";
import { openRetrain, type RetrainOutcome } from "./open-retrain.ts";
import type { Ports } from "./ports.ts";
import type { PullHost } from "./pull-host.ts";
import { rollBackByLabels } from "./rollback-by-labels.ts";
import { rollbackWords } from "./rollback-words.ts";

/** What a model's issue is to say. */
export interface ToldAlarm {
  standing: ModelStanding;
  /** See MonitorAct. */
  issue: Extract<MonitorAct, { act: "issue" }>["issue"];
  report: Report;
  /** More is to be done, and then it is told again: an issue that is open already can stay until then as it is. */
  more: boolean;
}

/** How a host does what follows from alarms. */
export interface AlarmHands {
  /** How its people ask for something. */
  place: "issue" | "terminal";
  /** Opens a model's issue, keeps it current, or closes it. Twice is once. Resolves to where it is, if there is one. */
  tell(told: ToldAlarm): Promise<string | undefined>;
  pulls?: PullHost | undefined;
}

export interface ActOptions {
  /** Default: all that were ever looked at. */
  models?: readonly string[] | undefined;
  at: Date;
  /** Who rolls back and trains again. */
  by: Person;
  /** owner/name; of a plain repository local/ and its folder's name. */
  repository: string;
  /** Pins that moved, as the look found them. */
  moved: readonly MovedPins[];
  hands: AlarmHands;
}

export interface ActedModel {
  model: ModelName;
  /** In words, a sentence each; nothing for a quiet model. */
  done: string[];
  /** Where its alarms are told. */
  issue?: string | undefined;
  decision?: Decision | undefined;
  retrain?: RetrainOutcome | undefined;
}

/**
 * Does what the policy wants done about alarms: an issue a model, a rollback on labels alone, new pins for a model whose data moved.
 * Done again it finds what was done, wherever it was killed. What fails for one model is a problem, and holds up no other. Rejects as
 * `eachStanding` does.
 */
export async function actOnAlarms(
  ports: Ports,
  options: ActOptions,
): Promise<{ acted: ActedModel[]; problems: MonitorResult["problems"] }> {
  const policy = await currentPolicy(ports);
  const stage = policyStages(policy).at(-1) as StageName;
  const problems: MonitorResult["problems"] = [];
  const acted: ActedModel[] = [];
  const each = async (model: ModelName, act: () => Promise<ActedModel>) => {
    try {
      acted.push(await act());
    } catch (error) {
      if (!(error instanceof SlipwayError) || ports.signal?.aborted) throw error;
      problems.push({ model, code: error.code, message: error.message.slice(0, 2_000) });
    }
  };
  const then = policy.monitor?.then;
  const watched = new Set<ModelName>();
  for await (const standing of eachStanding(ports, options)) {
    watched.add(nameOf(standing));
    await each(standing.record.name, () => actOnModel(ports, options, { standing, stage, then }));
  }
  for (const moved of options.moved.filter(({ model }) => then?.data === "retrain" && !watched.has(model)))
    await each(moved.model, async () => retrainModel(ports, options, moved, undefined));
  // Whoever was killed after a rollback has left the branch deploy behind, and the version that came back is not alarmed.
  if (then?.bars === "rollback") await completeDeploy(ports, (await decidingBranch(ports)).commit);
  return { acted, problems };
}

interface Acting {
  standing: ModelStanding;
  stage: StageName;
  then: MonitorThen | undefined;
}

async function actOnModel(ports: Ports, options: ActOptions, { standing, stage, then }: Acting): Promise<ActedModel> {
  const { hands, by, repository } = options;
  const moved = options.moved.find(({ model }) => model === nameOf(standing));
  const acts = nextActs(standing.state, then, moved);
  const tell = (issue: ToldAlarm["issue"], done: readonly string[], more: boolean) => {
    const { state, windows, loaded, hasEarlier } = standing;
    const about = { state, windows, spec: loaded?.spec.monitor, stage, hasEarlier };
    const report = monitorReport({ ...about, place: hands.place, done });
    return hands.tell({ standing, issue, report, more });
  };
  const result: ActedModel = { model: standing.record.name, done: [] };
  for (const [at, act] of acts.entries()) {
    const isLast = at === acts.length - 1;
    if (act.act === "issue") {
      // Before anything is done: whoever is killed after it has told what is wrong.
      result.issue = await tell(act.issue, await rollbackWords(ports, standing, stage), !isLast);
      continue;
    }
    if (act.act === "rollback") {
      const ask = { standing, alarms: act.alarms, stage, by, repository };
      const rolled = await rollBackByLabels(ports, ask);
      if (rolled.outcome === "rolled-back") result.decision = rolled.decision;
      result.done.push(...(await rollbackWords(ports, standing, stage, rolled)));
    } else {
      const { done, retrain } = await retrainModel(ports, options, act.moved, standing);
      result.done.push(...done);
      result.retrain = retrain;
    }
    // A rollback is told at once: a next act may be the one that is killed.
    result.issue = await tell(issueOf(acts), result.done, !isLast && result.decision === undefined);
  }
  return result;
}

async function retrainModel(
  ports: Ports,
  { by, at, hands }: ActOptions,
  moved: MovedPins,
  standing: ModelStanding | undefined,
): Promise<ActedModel> {
  const length = windowLength(standing?.loaded?.spec.monitor);
  const retrain = await openRetrain(ports, {
    ...{ moved, by, at: timestamp(ports.clock()), asked: false },
    delay: labelDelay(standing?.windows ?? [], timestamp(at), length),
    reason: { alarms: (standing?.state.alarms ?? []).map(({ words }) => words) },
    ...(hands.pulls === undefined ? {} : { pulls: hands.pulls }),
  });
  return { model: standing?.record.name ?? moved.model, done: [RETRAINED[retrain.outcome](retrain)], retrain };
}

type Words = (of: RetrainOutcome) => string;
const where: Words = ({ branch, pull }) => (pull === undefined ? branch : `pull request ${pull}`);
const RETRAINED: Readonly<Record<RetrainOutcome["outcome"], Words>> = {
  opened: (of) => `Its data moved: ${where(of)} brings the new pins.`,
  updated: (of) => `Its data moved on: ${where(of)} has newer pins.`,
  open: (of) => `Its data moved: ${where(of)} has the new pins already, and waits to be merged.`,
  waiting: (of) =>
    `Its data moved: ${where(of)} waits until ${of.until}, when labels say what the last training was worth.`,
  edited: (of) => `Its data moved: ${where(of)} is left alone, since somebody works on it.`,
  declined: (of) => `Its data moved: ${where(of)} with these pins was closed by somebody.`,
  overtaken: () => "Its data moved, and the default branch has other pins by now: the next look sees to it.",
};

/** As its spec is called. */
function nameOf({ loaded, record }: ModelStanding): ModelName {
  return loaded?.name ?? record.name;
}

function issueOf(acts: readonly MonitorAct[]): ToldAlarm["issue"] {
  return acts.find((act) => act.act === "issue")?.issue ?? "keep";
}
