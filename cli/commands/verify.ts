import { currentSigners } from "../../core/acts/signers.ts";
import { SlipwayError } from "../../core/errors.ts";
import { repairRegistry } from "../../core/registry/repair.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { VerifyResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";
import { ownSigning } from "../signing.ts";

/**
 * `slipway verify`: walks objects, branch, tags, records and stored bytes, and names each inconsistency. With `--repair` it
 * mends first what has one answer alone.
 */
export async function run(
  session: Session,
  _args: object,
  options: { remote?: string; repair?: boolean; from?: string },
): Promise<Outcome> {
  if (options.from !== undefined && options.repair !== true)
    throw new SlipwayError("USAGE", "--from names a copy to repair from", { hint: "Add --repair." });
  return withPorts(session, options.remote, async (ports) => {
    const { workspace, store, remote } = ports;
    const signers = await currentSigners(ports);
    const step = session.progress.start("verify");
    const asked = { folder: workspace.folder, remote, artifacts: store, signers };
    const { repaired, found } = options.repair
      ? await repairRegistry({ ...asked, from: options.from, signing: ownSigning(ports.objects, remote) })
      : { repaired: undefined, found: await verifyRegistry(asked) };
    step.done();
    const { commit, findings, signatures, owed: _, damaged: __, ...counts } = found;
    const result: VerifyResult = {
      ...(commit === undefined ? {} : { commit }),
      ...counts,
      signatures,
      findings,
      ...(repaired === undefined ? {} : { repaired }),
    };
    const walked = Object.entries(counts)
      .filter(([what, count]) => count > 0 || !["requests", "reviews"].includes(what))
      .map(([what, count]) => `${count} ${count === 1 ? what.slice(0, -1) : what}`)
      .concat(Object.entries(signatures).flatMap(([state, count]) => (count > 0 ? [`${count} ${state} tags`] : [])))
      .join(", ");
    const mended = (repaired ?? []).map(({ message }) => `${message}\n`).join("");
    if (findings.length === 0) return { result, text: `${mended}${session.colors.green("✓")} clean: ${walked}` };
    const problems = findings.map(({ path, ref, commit: at, file, ...finding }) => {
      const where = file ?? path ?? ref ?? at;
      return { ...finding, ...(where === undefined ? {} : { file: where }) };
    });
    const message = `the registry is not what it should be: ${findings.length} of its ${walked} tell another story`;
    return { result, text: `${mended}${walked}`, refusal: new SlipwayError("REGISTRY_CORRUPT", message, { problems }) };
  });
}
