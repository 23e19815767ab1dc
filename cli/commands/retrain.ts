import { decidingBranch } from "../../core/acts/binding.ts";
import { findMovedPins } from "../../core/acts/moved-pins.ts";
import { openRetrain, type RetrainOutcome } from "../../core/acts/open-retrain.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { METRIC_RULES, soundProject } from "../../core/acts/project.ts";
import { timestamp } from "../../core/clock.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadProject, type Project } from "../../core/spec/project.ts";
import type { RetrainResult } from "../../schemas/cli-output.ts";
import type { MovedPins } from "../../schemas/monitoring.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";

/** `slipway retrain [models…]`: new pins on a branch of each model's own, where the bytes behind the old ones moved. */
export async function run(
  session: Session,
  args: { models?: string[] },
  { remote, reason, dryRun: preview = false }: { remote?: string; reason?: string; dryRun?: boolean },
): Promise<CommandOutcome> {
  return withPorts(session, remote, async (ports) => {
    const { commit } = await decidingBranch(ports);
    const project = await projectAt(ports, commit, args.models ?? []);
    const transfer = () => session.progress.transfer("fetching");
    const access = {
      ...{ env: session.env, store: project.policy.artifacts?.store },
      ...{ transfer, signal: session.signal },
    };
    const step = session.progress.start("look for data that moved");
    const { moved, problems } = await findMovedPins(ports, commit, project.models.values(), access);
    step.done(moved.length === 0 ? "nothing moved" : "data moved");
    const by = moved.length === 0 ? undefined : await person(ports.workspace);
    const models: RetrainResult["models"] = [];
    for (const pins of moved) {
      const done = await openRetrain(ports, {
        ...{ moved: pins, by: by ?? NOBODY, at: timestamp(ports.clock()), delay: 0, asked: true, preview },
        reason: { alarms: [], said: reason, by: by?.name },
      });
      models.push({ ...shownOutcome(done, preview), model: pins.model, changes: pins.changes });
    }
    const open = new Set([...moved, ...problems].map(({ model }) => model));
    for (const model of project.models.keys())
      if (!open.has(model)) models.push({ model, outcome: "unchanged", changes: [] });
    const result: RetrainResult = { preview, models, problems };
    return { result, text: textOf(session, moved, result, remote), ...refusalOf(problems) };
  });
}

const NOBODY = { name: "Slipway", id: "slipway" };

/** The named models; of all, those that can be read. */
async function projectAt(ports: Ports, commit: string, names: readonly string[]): Promise<Project> {
  const tree = openCommit(ports.objects, commit);
  return names.length > 0 ? soundProject(tree, names) : loadProject(tree, METRIC_RULES);
}

function shownOutcome({ outcome, branch, commit, until }: RetrainOutcome, preview: boolean) {
  return {
    ...{ outcome, branch },
    ...(commit === undefined || preview ? {} : { commit }),
    ...(until === undefined ? {} : { until }),
  };
}

function textOf(
  { colors }: Session,
  moved: readonly MovedPins[],
  { preview, models, problems }: RetrainResult,
  remote: string | undefined,
): string {
  const lines = models.flatMap(({ model, outcome, branch = "", changes }) => {
    if (outcome === "unchanged") return [];
    const sign = outcome === "edited" || outcome === "overtaken" ? colors.yellow("!") : colors.green("✓");
    const where = remote === undefined ? branch : `${branch} of ${remote}`;
    const told = WORDS[outcome](where, preview);
    return [`${sign} ${colors.bold(model)}: ${told}`, ...changes.map((line) => `    ${plainLine(line)}`)];
  });
  const failed = problems.map(({ model, message }) => `${colors.red("✗")} ${model}: ${plainLine(message)}`);
  if (moved.length === 0 && failed.length === 0) return "nothing moved since it was pinned";
  const opened = models.filter(({ outcome }) => outcome === "opened" || outcome === "updated");
  return [...lines, ...failed, ...(preview ? [] : nextOf(opened, remote))].join("\n");
}

const WORDS: Record<Exclude<RetrainResult["models"][number]["outcome"], "unchanged">, Words> = {
  opened: (branch, preview) => `${preview ? "would open" : "opened"} ${branch} with new pins`,
  updated: (branch, preview) => `${preview ? "would add" : "added"} newer pins to ${branch}, which is not merged yet`,
  open: (branch) => `${branch} has these pins already, and waits to be merged`,
  waiting: (branch) => `${branch} waits: labels have not said yet what the last training was worth`,
  edited: (branch) => `${branch} is left alone: somebody works on it. Merge it or delete it`,
  declined: (branch) => `a pull request of ${branch} with these pins was closed`,
  overtaken: () => "the default branch has other pins by now: run it again",
};

type Words = (branch: string, preview: boolean) => string;

/** What to type next, where people have no pull requests. */
function nextOf(opened: RetrainResult["models"], remote: string | undefined): string[] {
  const [first] = opened;
  if (first?.branch === undefined) return [];
  const { model, branch } = first;
  const steps =
    remote === undefined
      ? [`git switch ${branch} && slipway run ${model}`, `git switch - && git merge ${branch}`]
      : [
          `git fetch ${remote} && git switch ${branch} && slipway run ${model}`,
          `merge ${branch} into the default branch`,
        ];
  return ["", "next:", ...[...steps, `slipway register ${model}`].map((line) => `  ${line}`)];
}

function refusalOf(problems: RetrainResult["problems"]): Pick<CommandOutcome, "refusal"> {
  const [first] = problems;
  if (first === undefined) return {};
  const found = problems.map(({ model }) => model).join(", ");
  return { refusal: new SlipwayError(first.code as ReasonCode, "Not all data could be looked at", { found }) };
}
