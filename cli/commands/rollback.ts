import { rollBack } from "../../core/acts/rollback.ts";
import { person } from "../../core/git/workspace.ts";
import { decisionReport } from "../../core/report/decision-report.ts";
import type { PromoteResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { noteDeploy } from "../deploy-note.ts";
import { withPorts } from "../ports.ts";
import { refusalError } from "../refusal.ts";
import { reportText } from "../report-text.ts";

/** `slipway rollback <model> <stage>`: back to what was live before, as a new record. */
export async function run(
  session: Session,
  args: { model: string; stage: string },
  options: { remote?: string; reason?: string; to?: number },
): Promise<CommandOutcome> {
  const { model } = args;
  const stage = args.stage.toLowerCase();
  const { reason, to } = options;
  const given = await withPorts(session, options.remote, async (ports) => {
    const done = await rollBack(ports, { model, stage, to, reason, requestedBy: await person(ports.workspace) });
    if (done.outcome === "rolled-back") await noteDeploy(session, ports, done.decision);
    return done;
  });
  const about = { model, stage, preview: false };
  if (given.outcome === "refused") {
    const result: PromoteResult = { ...about, outcome: "refused", refusals: given.refusals };
    return { result, text: "", refusal: refusalError(`${model} is not rolled back in ${stage}`, given.refusals) };
  }
  if (given.outcome === "unchanged") {
    const result: PromoteResult = { ...about, outcome: "unchanged", version: given.version, refusals: [] };
    return { result, text: `${session.colors.green("✓")} ${model} version ${given.version} is in ${stage} already` };
  }
  if (given.outcome === "aborted") {
    const { version } = given.ended;
    const result: PromoteResult = { ...about, outcome: "aborted", refusals: [], ended: given.ended };
    const text = `${session.colors.green("✓")} ${model} version ${version} is not rolled out to ${stage} any more, which stays as it was`;
    return { result, text };
  }
  // Nobody is denied on a command line: that takes a host that knows who people are.
  if (given.outcome === "denied") throw new Error("a rollback from the command line was denied");
  const { decision } = given;
  const result: PromoteResult = { ...about, outcome: "rolled-back", version: decision.version, refusals: [], decision };
  return { result, text: reportText(session, decisionReport(decision)) };
}
