import { acceptTimes } from "../../core/acts/accept-times.ts";
import { verifyAll } from "../../core/acts/verify-all.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { unprovenCommit } from "../../core/registry/finding.ts";
import type { VerifyResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";
import { ownSigning } from "../signing.ts";

/** So many unproven commits are named; `--json` has all. */
const SHOWN = 10;

/**
 * `slipway verify`: walks objects, branch, tags, records and stored bytes, makes each decision again, and names each
 * inconsistency. With `--repair` it first mends what can be mended in one way only. With `--accept` it first records
 * that a person accepts the times of a commit.
 */
export async function run(
  session: Session,
  _args: object,
  options: { remote?: string; repair?: boolean; from?: string; strict?: boolean; artifacts?: boolean; accept?: string },
): Promise<CommandOutcome> {
  const { strict, artifacts, from, accept } = options;
  if (from !== undefined && options.repair !== true)
    throw new SlipwayError("USAGE", "--from names a copy to repair from", { hint: "Add --repair." });
  return withPorts(session, options.remote, async (ports) => {
    if (accept !== undefined) await acceptTimes(ports, { commit: accept, by: await person(ports.workspace) });
    const step = session.progress.start("verify");
    const repair = options.repair ? { from, signing: ownSigning(ports.objects, ports.remote) } : undefined;
    const seen = await verifyAll(ports, { strict, artifacts, repair });
    step.done();
    const { commit, findings, signatures, unproven, repaired, owed: _, damaged: __, ...counts } = seen;
    const result: VerifyResult = {
      commit,
      ...{ ...counts, signatures, unproven, findings },
      ...(repaired === undefined ? {} : { repaired }),
    };
    const { proven, ...walkedCounts } = counts;
    const walked = Object.entries(walkedCounts)
      .filter(([what, count]) => count > 0 || !["requests", "reviews", "tries"].includes(what))
      .map(
        ([what, count]) =>
          `${count} ${count === 1 ? what.replace(/(ie)?s$/, (end) => (end === "ies" ? "y" : "")) : what}`,
      )
      .concat(Object.entries(signatures).flatMap(([state, count]) => (count > 0 ? [`${count} ${state} tags`] : [])))
      .concat(unproven.length > 0 ? [`${unproven.length} of ${proven + unproven.length} named commits unproven`] : [])
      .join(", ");
    const lines = [
      ...(repaired ?? []).map(({ message }) => message),
      ...(strict ? [] : unproven.slice(0, SHOWN).map((each) => `unproven: ${unprovenCommit(each).message}`)),
    ].map((line) => `${line}\n`);
    if (findings.length === 0)
      return { result, text: `${lines.join("")}${session.colors.green("✓")} clean: ${walked}` };
    const problems = findings.map(({ path, ref, commit: at, file, ...finding }) => {
      const where = file ?? path ?? ref ?? at;
      return { ...finding, ...(where === undefined ? {} : { file: where }) };
    });
    const number = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
    const message = `the registry is not what it should be: ${number} in ${walked}`;
    return {
      result,
      text: `${lines.join("")}${walked}`,
      refusal: new SlipwayError("REGISTRY_CORRUPT", message, { problems }),
    };
  });
}
