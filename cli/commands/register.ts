import { join } from "node:path";
import { type RegistrationResult, registerModel } from "../../core/acts/register.ts";
import { person } from "../../core/git/workspace.ts";
import type { RegisterResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";
import { refusalError } from "../refusal.ts";
import { reportPlace, reportText } from "../report-text.ts";
import { stepProgress } from "../step-progress.ts";

/** `slipway register <model>`: the next version, from the default branch's commit. */
export async function run(
  session: Session,
  args: { model: string },
  options: { remote?: string; here?: boolean; fresh?: boolean },
): Promise<Outcome> {
  return withPorts(session, options.remote, async (ports) => {
    const { here, fresh } = options;
    const requestedBy = await person(ports.workspace);
    const result = await registerModel(ports, {
      ...{ model: args.model, requestedBy, here, fresh },
      ...stepProgress(session.progress, undefined),
    });
    const folder = "run" in result ? join(ports.workspace.state, "runs", result.run.run) : undefined;
    return outcomeOf(session, args.model, result, folder && join(folder, "report.md"));
  });
}

function outcomeOf(session: Session, model: string, given: RegistrationResult, report: string | undefined): Outcome {
  const { colors } = session;
  const common = { outcome: given.outcome, model, ...(report === undefined ? {} : { report }) };
  if (given.outcome === "unchanged") {
    const { manifest, reason } = given;
    const result: RegisterResult = { ...common, version: manifest.version, reason, manifest, gates: [], refusals: [] };
    return { result, text: `${colors.green("✓")} nothing to register: ${reason}` };
  }
  const place = report === undefined ? "" : `${reportPlace(session, report)}\n`;
  if (given.outcome === "failed") {
    const result: RegisterResult = { ...common, gates: [], refusals: [] };
    return { result, text: place, refusal: given.error };
  }
  const text = `${reportText(session, given.report)}\n${place}`;
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
    imported: "handed in",
  };
  const done = [
    `${colors.green("✓")} ${colors.bold(`${model} version ${version}`)} is registered (${how[manifest.artifact_from]})`,
    `  commit ${manifest.source.commit.slice(0, 10)}, artifact sha256 ${manifest.artifact.sha256.slice(0, 12)}, tag ${model}@v${version}.0.0`,
  ];
  const result: RegisterResult = { ...common, version, manifest, gates, refusals: [] };
  return { result, text: `${text}\n${done.join("\n")}` };
}
