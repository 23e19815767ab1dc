import { join } from "node:path";
import { evaluateVersion } from "../../core/acts/evaluate-version.ts";
import { person } from "../../core/git/workspace.ts";
import { gateRefusals } from "../../core/promotion/gate-refusals.ts";
import { gateSection } from "../../core/report/gate-section.ts";
import { metricSection } from "../../core/report/metric-sections.ts";
import { promiseSection } from "../../core/report/promise-section.ts";
import type { Report } from "../../core/report/report.ts";
import type { EvaluateResult } from "../../schemas/cli-output.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { TryTerms } from "../../schemas/try.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";
import { refusalError } from "../refusal.ts";
import { reportPlace, runReportText } from "../report-text.ts";
import { stepProgress } from "../step-progress.ts";

/** `slipway evaluate <version>`: what was imported, on the platform's own test data. */
export async function run(
  session: Session,
  args: { version: string },
  options: { remote?: string; here?: boolean },
): Promise<CommandOutcome> {
  const reference = parseReference(args.version);
  return withPorts(session, options.remote, async (ports) => {
    const result = await evaluateVersion(ports, {
      ...{ reference, evaluatedBy: await person(ports.workspace), here: options.here },
      ...stepProgress(session.progress, undefined),
    });
    const report = "run" in result ? join(ports.workspace.state, "runs", result.run.run, "report.md") : undefined;
    const told = report === undefined ? {} : { report };
    if (result.outcome === "failed") {
      const { model, version } = result.manifest;
      const failed: EvaluateResult = { outcome: "failed", model, version, gates: {}, ...told };
      const text = report === undefined ? "" : `${reportPlace(session, report)}\n`;
      return { result: failed, text, refusal: result.error };
    }
    const { outcome, record, gates } = result;
    const { model, version, number } = record;
    const reason = result.outcome === "unchanged" ? { reason: result.reason } : {};
    const answer: EvaluateResult = { outcome, model, version, ...reason, record, gates, ...told };
    const done =
      result.outcome === "unchanged"
        ? `nothing to evaluate: ${result.reason}`
        : `evaluation ${number} of ${model} version ${version} is recorded: promotions go by it`;
    const shown = result.outcome === "unchanged" ? recordReport(record, gates, result.tries) : result.report;
    const text = `${runReportText(session, shown, report)}${session.colors.green("✓")} ${done}`;
    const refusals = gateRefusals(Object.values(gates).flat());
    const refusal =
      refusals.length === 0 ? undefined : refusalError(`${model} version ${version} does not pass its gates`, refusals);
    return { result: answer, text, ...(refusal ? { refusal } : {}) };
  });
}

function recordReport(
  { model, version, evaluation }: VersionEvaluation,
  gates: RunResult["gates"],
  tries: readonly TryTerms[],
): Report {
  return {
    title: `${model} version ${version}`,
    verdict: { mark: "note", text: "evaluated before" },
    notices: [],
    sections: [
      ...gateSection(gates),
      ...promiseSection({ gates, tries, spent: true, evaluation }),
      ...metricSection(evaluation, false),
    ],
    footer: [],
  };
}
