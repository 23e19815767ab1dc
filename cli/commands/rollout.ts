import { readFile } from "node:fs/promises";
import path from "node:path";
import { currentPolicy } from "../../core/acts/current-policy.ts";
import { observeRollout } from "../../core/acts/observe-rollout.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { knownModel } from "../../core/acts/registered.ts";
import { type StepRolloutResult, stepRollout } from "../../core/acts/step-rollout.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import type { Report } from "../../core/report/report.ts";
import { rolloutReport, stepReport } from "../../core/report/rollout-report.ts";
import { knownStage } from "../../core/spec/policy-rules.ts";
import type { RolloutResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { noteDeploy } from "../deploy-note.ts";
import { withPorts } from "../ports.ts";
import { reportText } from "../report-text.ts";

interface Options {
  pause?: boolean;
  resume?: boolean;
  abort?: boolean;
  report?: string[];
  reason?: string;
  dryRun?: boolean;
  remote?: string;
}

/** `slipway rollout [model] [stage]`: looks at what was counted, and takes the step that follows; or does what a person asks. */
export async function run(
  session: Session,
  args: { model?: string; stage?: string },
  options: Options,
): Promise<CommandOutcome> {
  const asked = askedBy(options);
  const { reason, dryRun: preview = false } = options;
  if (asked !== undefined && (args.model === undefined || args.stage === undefined))
    throw new SlipwayError("USAGE", `which rollout is to ${asked}?`, {
      expected: `slipway rollout <model> <stage> --${asked}`,
    });
  const reports = await Promise.all((options.report ?? []).map((file) => readReport(session, file)));
  return withPorts(session, options.remote, async (ports) => {
    const onRefused = (why: string) => session.progress.note(`does not count: ${why}`);
    const observe = observeRollout(ports, { reports, onRefused });
    const by = await person(ports.workspace);
    const given: { model: string; stage: string; stepped: StepRolloutResult }[] = [];
    for (const { model, stage } of await meant(ports, args)) {
      const stepped = await stepRollout(ports, { model, stage, asked, reason, by, observe, preview });
      if (stepped.outcome === "stepped" && stepped.decision !== undefined && !preview)
        await noteDeploy(session, ports, stepped.decision);
      given.push({ model, stage, stepped });
    }
    const result: RolloutResult = {
      preview,
      rollouts: given.map(({ model, stage, stepped }) => told(model, stage, stepped)),
    };
    const none = `${session.colors.green("✓")} no version is on its way to a stage`;
    const texts = given.map((each) => reportText(session, reportOf(each, preview)));
    const outcome = { result, text: texts.length === 0 ? none : texts.join("\n\n") };
    const ended = result.rollouts.find(({ record }) => record?.act === "abort" && record.cause === "figures")?.record;
    if (ended === undefined) return outcome;
    const { model, version, stage } = ended;
    const refusal = new SlipwayError("ROLLOUT_ABORTED", `${model} version ${version} does not go to ${stage}`, {
      found: ended.reason,
    });
    return { ...outcome, refusal };
  });
}

function askedBy({ pause, resume, abort }: Options): "pause" | "resume" | "abort" | undefined {
  const [asked, ...more] = (["pause", "resume", "abort"] as const).filter((each) => ({ pause, resume, abort })[each]);
  if (more.length > 0) throw new SlipwayError("USAGE", "one of --pause, --resume and --abort can be asked for");
  return asked;
}

async function readReport({ folder }: Session, file: string): Promise<Buffer> {
  const place = path.resolve(folder, file);
  return readFile(place).catch((cause: unknown) => {
    throw new SlipwayError("USAGE", `the report cannot be read: ${place}`, { cause });
  });
}

/** The rollout that is named, or those that are under way. Rejects with MODEL_UNKNOWN and STAGE_UNKNOWN. */
async function meant(ports: Ports, { model, stage }: { model?: string; stage?: string }) {
  const snapshot = await ports.registry.snapshot();
  const named = model === undefined ? undefined : await knownModel(snapshot, model);
  if (named !== undefined && stage !== undefined) {
    const name = stage.toLowerCase();
    if (named.rollouts?.[name] === undefined) knownStage(await currentPolicy(ports), name);
    return [{ model: named.name, stage: name }];
  }
  const records = named ? [named] : await Promise.all((await snapshot.models()).map((name) => snapshot.model(name)));
  return records.flatMap((record) =>
    Object.keys(record?.rollouts ?? {}).map((each) => ({ model: record?.name ?? "", stage: each })),
  );
}

function told(model: string, stage: string, stepped: StepRolloutResult): RolloutResult["rollouts"][number] {
  // Nobody is denied on a command line: that takes a host that knows who people are.
  if (stepped.outcome === "denied") throw new Error("a rollout's step from the command line was denied");
  if (stepped.outcome === "none") return { model, stage, outcome: "none" };
  if (stepped.outcome === "stepped") {
    const { rollout: record, decision } = stepped;
    return { model, stage, outcome: "stepped", record, ...(decision === undefined ? {} : { decision }) };
  }
  const { rolling, reason, evidence } = stepped;
  const figures = evidence === undefined ? {} : { figures: evidence.figures };
  return { model, stage, outcome: "waiting", state: rolling.state, reason, ...figures };
}

function reportOf(
  { model, stage, stepped }: { model: string; stage: string; stepped: StepRolloutResult },
  preview: boolean,
): Report {
  if (stepped.outcome === "stepped") return stepReport(stepped, { preview });
  if (stepped.outcome === "waiting") return rolloutReport(stepped);
  const text = `no version is on its way to ${stage}`;
  return { title: model, verdict: { mark: "note", text }, notices: [], sections: [], footer: [] };
}
