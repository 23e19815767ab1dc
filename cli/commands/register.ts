import { join } from "node:path";
import { decidingBranch } from "../../core/acts/binding.ts";
import { localName } from "../../core/acts/local-name.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteRegistered } from "../../core/acts/promote-registered.ts";
import { type RegistrationResult, registerModel } from "../../core/acts/register.ts";
import { person } from "../../core/git/workspace.ts";
import { isOfEachClone } from "../../core/stores/address.ts";
import type { RegisterResult } from "../../schemas/cli-output.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { noteDeploy } from "../deploy-note.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { refusalError } from "../refusal.ts";
import { reportPlace, runReportText } from "../report-text.ts";
import { stepProgress } from "../step-progress.ts";

/** `slipway register <model>`: the next version, from the default branch's commit. */
export async function run(
  session: Session,
  args: { model: string },
  options: { remote?: string; here?: boolean; fresh?: boolean },
): Promise<CommandOutcome> {
  return withPorts(session, options.remote, async (ports) => {
    const { here, fresh } = options;
    const requestedBy = await person(ports.workspace);
    const result = await registerModel(ports, {
      ...{ model: args.model, requestedBy, here, fresh },
      ...stepProgress(session.progress, undefined),
    });
    const folder = "run" in result ? join(ports.workspace.state, "runs", result.run.run) : undefined;
    const promotions = await promoted(session, ports, result, requestedBy);
    const warnings = ports.remote !== undefined && "manifest" in result ? notShared(result.manifest) : [];
    return outcomeOf(session, args.model, {
      given: result,
      warnings,
      promotions,
      report: folder && join(folder, "report.md"),
    });
  });
}

/** A version that everybody sees, with bytes that only this clone has. */
function notShared({ artifact: { uri } }: Manifest): Refusal[] {
  if (!isOfEachClone(uri)) return [];
  return [
    {
      code: "STORE_NOT_SHARED",
      message: `Its files are on this disk alone: ${uri}. Others see the version, but cannot get its files.`,
      hint: "Name a folder that all mount under `artifacts: { store: file:/… }` in slipway.yaml, on the default branch, and register it again from a new commit.",
    },
  ];
}

type Promotions = NonNullable<RegisterResult["promotions"]>;

/**
 * What the policy has a new version ask for by itself. Also where it was registered before from this commit: who did it may have
 * been killed before this.
 */
async function promoted(session: Session, ports: Ports, given: RegistrationResult, by: Person): Promise<Promotions> {
  if (given.outcome !== "registered" && given.outcome !== "unchanged") return [];
  const { manifest } = given;
  if (given.outcome === "unchanged" && manifest.source.commit !== (await decidingBranch(ports)).commit) return [];
  const repository = localName(ports.workspace);
  const asked = await promoteRegistered(ports, manifest, { by, repository });
  const shown: Promotions = [];
  for (const { stage, result } of asked) {
    const decision = "decision" in result ? result.decision : undefined;
    if (decision?.outcome === "promoted" && given.outcome === "registered") await noteDeploy(session, ports, decision);
    const { outcome } = result;
    // It compares by itself, and has no one to deny.
    if (outcome === "comparing" || outcome === "denied") throw new Error(`a registration came to ${outcome}`);
    const unreadable = outcome === "unreadable" ? result.error.problems.map(refusalOf) : [];
    shown.push({
      ...{ stage, outcome: outcome === "unreadable" || outcome === "rejected" ? "refused" : outcome },
      refusals: decision?.refusals ?? unreadable,
      ...(decision && { decision }),
    });
  }
  return shown;
}

function refusalOf({ code, message, hint }: Problem): Refusal {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

function promotedLines({ colors }: Session, promotions: Promotions): string[] {
  return promotions.map(({ stage, outcome, refusals }) => {
    const why = refusals.map(({ code, message }) => `\n  ${plainLine(`${message} [${code}]`)}`).join("");
    if (outcome === "refused")
      return `\n${colors.yellow("!")} it stays out of ${stage}, which the policy asks for${why}`;
    return `\n${colors.green("✓")} ${STANDS[outcome](stage)}, as the policy asks`;
  });
}

const STANDS = {
  promoted: (stage: string) => `in ${stage}`,
  "rolling-out": (stage: string) => `on its way to ${stage}`,
  unchanged: (stage: string) => `in ${stage} already`,
  waiting: (stage: string) => `waiting for approvals before ${stage}`,
} as const;

interface Given {
  promotions: Promotions;
  given: RegistrationResult;
  warnings: Refusal[];
  report: string | undefined;
}

function outcomeOf(session: Session, model: string, { given, warnings, promotions, report }: Given): CommandOutcome {
  const { colors } = session;
  const common = {
    ...{ outcome: given.outcome, model, warnings, report },
    ...(promotions.length === 0 ? {} : { promotions }),
  };
  const warned = warnings.map(({ code, message, hint }) => `\n${colors.yellow("!")} ${message} [${code}]\n  ${hint}`);
  if (given.outcome === "unchanged") {
    const { manifest, reason } = given;
    const result: RegisterResult = { ...common, version: manifest.version, reason, manifest, gates: [], refusals: [] };
    return {
      result,
      text: `${colors.green("✓")} nothing to register: ${reason}${[...promotedLines(session, promotions), ...warned].join("")}`,
    };
  }
  if (given.outcome === "failed") {
    const result: RegisterResult = { ...common, gates: [], refusals: [] };
    const text = report === undefined ? "" : `${reportPlace(session, report)}\n`;
    return { result, text, refusal: given.error };
  }
  const text = runReportText(session, given.report, report);
  if (given.outcome === "refused") {
    const { results: gates, refusals } = given;
    const result: RegisterResult = { ...common, gates, refusals };
    return { result, text, refusal: refusalError(`${model} is not registered`, refusals) };
  }
  const { manifest } = given;
  const { version, gates } = manifest;
  const how = {
    trained: "trained for it",
    reused: "with the artifact of an earlier run",
    code: "the artifact is its code",
    imported: "imported",
  };
  const done = [
    `${colors.green("✓")} ${colors.bold(`${model} version ${version}`)} is registered (${how[manifest.artifact_from]})`,
    `  commit ${manifest.source.commit.slice(0, 10)}, artifact sha256 ${manifest.artifact.sha256.slice(0, 12)}, tag ${model}@v${version}.0.0`,
  ];
  const result: RegisterResult = { ...common, version, manifest, gates, refusals: [] };
  const shown = session.quiet ? done.slice(0, 1) : ["", ...done];
  return { result, text: `${text}${shown.join("\n")}${[...promotedLines(session, promotions), ...warned].join("")}` };
}
