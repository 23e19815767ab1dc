import { checkedVersion } from "../../core/acts/checked-version.ts";
import { SlipwayError } from "../../core/errors.ts";
import { diffReport } from "../../core/report/diff-report.ts";
import { diffVersions } from "../../core/report/diff-versions.ts";
import type { DiffResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { parseReference } from "../reference.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

/** `slipway diff <a> <b>`: what changed from one version to another, and what came of it. */
export async function run(
  session: Session,
  args: { a: string; b: string },
  options: { remote?: string },
): Promise<CommandOutcome> {
  const [from, to] = [parseReference(args.a), parseReference(args.b)];
  if (from.model !== to.model) {
    throw new SlipwayError("USAGE", "a diff is between two versions of one model", {
      expected: `${from.model}@<version>`,
      found: args.b,
    });
  }
  const { model } = from;
  return withRegistry(session, options.remote, async (registry, objects) => {
    const ports = { registry, objects, remote: options.remote };
    const [{ manifest: a }, { manifest: b }] = [await checkedVersion(ports, from), await checkedVersion(ports, to)];
    const diff = diffVersions(a, b);
    const result: DiffResult = { ...diff, model, from: a.version, to: b.version };
    return { result, text: reportText(session, diffReport(model, diff)) };
  });
}
