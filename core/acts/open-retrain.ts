import type { MovedPins } from "../../schemas/monitoring.ts";
import type { CommitId, Person, Timestamp } from "../../schemas/names.ts";
import { decideRetrain, type RetrainStanding, type RetrainStep } from "../drift/decide-retrain.ts";
import { composeCommit } from "../git/compose-commit.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
import { writeObjects } from "../git/write.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { parseRetrainMark, type RetrainReason, reasonLines, retrainText } from "../report/retrain-text.ts";
import { openCommit } from "../source/commit.ts";
import type { LoadedModel } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import { checkPins } from "./check-pins.ts";
import { lockDigest } from "./moved-pins.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";
import type { PullHost } from "./pull-host.ts";
import { isCheckedOut, pinnedAt, type RetrainPlace, readRetrainBranch } from "./read-retrain-branch.ts";
import { formatRetrainMessage, retrainBranch } from "./retrain-message.ts";

export interface RetrainOptions {
  moved: MovedPins;
  reason: RetrainReason;
  /** The author of the commit. */
  by: Person;
  at: Timestamp;
  /** Milliseconds: core/drift/label-delay.ts. */
  delay: number;
  /** A person asks for it. */
  asked: boolean;
  pulls?: PullHost | undefined;
  /** Decide, and write nothing. */
  preview?: boolean | undefined;
}

export interface RetrainOutcome {
  outcome:
    | "opened"
    | "updated"
    /** Open already, with these pins. */
    | "open"
    /** A former one is not as old yet as labels take. */
    | "waiting"
    /** Somebody else works on the branch. */
    | "edited"
    /** A pull request with these pins was closed. */
    | "declined"
    /** The default branch has other pins by now than those that these follow. */
    | "overtaken";
  branch: string;
  commit?: CommitId | undefined;
  pull?: number | undefined;
  until?: Timestamp | undefined;
}

const OUTCOMES = { open: "opened", update: "updated", keep: "open", wait: "waiting" } as const;

/**
 * Brings a model's new pins onto its retrain branch, from the default branch's tip, and opens a pull request where the host has
 * those. One at a time, and what is there of a person stays. Each step is found again after a kill: the commit by its message
 * and tree, the pull request by its branch. Rejects with RUN_INVALID for pins that do not fit the spec, REMOTE_FAILED, and as
 * the host does.
 */
export async function openRetrain(ports: Ports, options: RetrainOptions): Promise<RetrainOutcome> {
  const { moved, reason, at, delay, asked, pulls, preview } = options;
  const { objects, remote } = ports;
  const { commit: base } = await decidingBranch(ports);
  const { models } = await soundProject(openCommit(objects, base), [moved.model]);
  const model = models.get(moved.model) as LoadedModel;
  const name = retrainBranch(model.name);
  checkPins(moved, model);
  if (lockDigest(await readDataLock(openCommit(objects, base), model.folder)) !== moved.from)
    return { outcome: "overtaken", branch: name };
  const place = { model: model.name, file: `${model.folder}/data.lock.json`, base };
  const branch = openSharedBranch(objects, remote, `refs/heads/${name}`);
  await branch.refresh();
  const last = await pulls?.findLast(name);
  const pull = last && { ...last, pins: parseRetrainMark(last.body ?? "")?.pins };
  const pinned = await pinnedAt(objects, place);
  const decide = async (tip: CommitId | undefined): Promise<RetrainStep & { isBegun: boolean }> => {
    const standing: RetrainStanding = { branch: await readRetrainBranch(objects, place, tip), pull, pinnedAt: pinned };
    const step = decideRetrain(standing, { pins: moved.to, at, delay, asked });
    const isBegun = standing.branch.is === "begun";
    if (tip === undefined || remote !== undefined || step.step === "keep") return { ...step, isBegun };
    return (await isCheckedOut(objects, name)) ? { step: "leave", why: "edited", isBegun } : { ...step, isBegun };
  };
  const first = await decide(await branch.tip());
  const number = pull?.state === "open" ? pull.number : undefined;
  if (first.step === "leave") return { outcome: first.why, branch: name, pull: pull?.number };
  if (first.step === "wait") return { outcome: "waiting", branch: name, until: first.until, pull: number };
  const outcome = pulls !== undefined && number === undefined ? "opened" : OUTCOMES[first.step];
  if (preview) return { outcome, branch: name, pull: number };

  const text = retrainText(moved, reason);
  const write = (withPins: boolean) =>
    branch.advance(async (tip) => {
      const { step, isBegun } = await decide(tip);
      const isDue = withPins ? step === "open" || step === "update" : !isBegun && step !== "leave" && step !== "wait";
      const parent = step === "open" || tip === undefined ? base : tip;
      return isDue ? compose(ports, { ...options, place, parent, withPins }) : undefined;
    });
  if (pulls === undefined || number !== undefined) {
    const commit = await write(true);
    if (pulls && number !== undefined && pull?.body !== undefined && pull.pins !== moved.to)
      await pulls.describe(number, text);
    return { outcome, branch: name, commit, pull: number };
  }
  await write(!pulls.opensFirst);
  const opened = await pulls.open({ branch: name, ...text });
  return { outcome, branch: name, commit: await write(true), pull: opened };
}

async function compose(
  { objects }: Pick<Ports, "objects">,
  { moved, reason, by, at, place, parent, withPins }: Composed,
): Promise<CommitId> {
  const pins = withPins ? moved.to : undefined;
  const composed = await composeCommit(objects, {
    parent,
    files: withPins ? [{ path: place.file, content: moved.content }] : [],
    author: by,
    at,
    message: formatRetrainMessage(
      { model: place.model, pins },
      withPins ? [...reasonLines(reason), ...moved.changes] : [],
    ),
  });
  await writeObjects(objects.repository.objectFolder, composed.objects);
  return composed.commit;
}

interface Composed extends Pick<RetrainOptions, "moved" | "reason" | "by" | "at"> {
  place: RetrainPlace;
  parent: CommitId;
  withPins: boolean;
}
