import { promoteVersion } from "../../core/acts/promote.ts";
import { evaluatedVersion } from "../../core/acts/registered.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { decisionReport } from "../../core/report/decision-report.ts";
import type { PromoteResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { noteDeploy } from "../deploy-note.ts";
import { versionMeant } from "../editing.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";
import { refusalError } from "../refusal.ts";
import { reportText } from "../report-text.ts";

/** `slipway promote <model[@version]> <stage>`: decided by the gates; a refusal is recorded too. */
export async function run(
  session: Session,
  args: { version: string; stage: string },
  options: { remote?: string; reason?: string; dryRun?: boolean },
): Promise<CommandOutcome> {
  const reference = parseReference(args.version);
  const { model } = reference;
  if (reference.stage !== undefined) {
    const expected = "model, model@version or model@alias";
    throw new SlipwayError("USAGE", "a promotion names a version", { expected, found: args.version });
  }
  const stage = args.stage.toLowerCase();
  const { reason, dryRun: preview = false } = options;
  const step = session.progress.start(`decide on ${args.version} for ${stage}`);
  const { given, evaluation } = await withPorts(session, options.remote, async (ports) => {
    const version = reference.alias === undefined ? reference.version : await versionMeant(ports, reference);
    const given = await promoteVersion(ports, {
      ...{ model, version, stage, reason, preview },
      requestedBy: await person(ports.workspace),
    });
    if (!("decision" in given)) return { given, evaluation: undefined };
    const { decision } = given;
    if (given.outcome === "promoted" && !preview) await noteDeploy(session, ports, decision);
    const judged = await evaluatedVersion(await ports.registry.snapshot(), decision.model, decision.version);
    return { given, evaluation: judged?.manifest.evaluation };
  });
  step.done();
  const about = { model, stage, preview };
  if (given.outcome === "unchanged") {
    const result: PromoteResult = { ...about, ...given, refusals: [] };
    const { version, rollout } = given;
    const where = rollout === undefined ? `in ${stage}` : `on its way to ${stage}, in step ${rollout.step + 1},`;
    return { result, text: `${session.colors.green("✓")} ${model} version ${version} is ${where} already` };
  }
  // Nobody waits, or is denied, on a command line: that takes a host that knows who people are.
  if (!("decision" in given)) throw new Error(`a promotion from the command line came to ${given.outcome}`);
  const { outcome, decision, unspent } = given;
  const { refusals } = decision;
  const told = { ...about, outcome, version: decision.version, refusals, decision };
  const result: PromoteResult = unspent === undefined ? told : { ...told, unspent };
  const text = reportText(session, decisionReport(decision, { dryRun: preview, unspent, evaluation }));
  if (outcome !== "refused") return { result, text };
  const no = `${model} version ${decision.version} does not go to ${stage}`;
  return { result, text, refusal: refusalError(no, refusals) };
}
