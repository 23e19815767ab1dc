import { currentSigners } from "../../core/acts/signers.ts";
import { SlipwayError } from "../../core/errors.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { VerifyResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";

/** `slipway verify`: walks branch, tags, manifests, decisions and stored bytes, and names each inconsistency. */
export async function run(session: Session, _args: object, options: { remote?: string }): Promise<Outcome> {
  return withPorts(session, options.remote, async (ports) => {
    const { workspace, store, remote } = ports;
    const signers = await currentSigners(ports);
    const step = session.progress.start("verify");
    const found = await verifyRegistry({ folder: workspace.folder, remote, artifacts: store, signers });
    step.done();
    const { commit, findings, signatures, ...counts } = found;
    const result: VerifyResult = { ...(commit === undefined ? {} : { commit }), ...counts, signatures, findings };
    const walked = Object.entries(counts)
      .filter(([what, count]) => count > 0 || !["requests", "reviews"].includes(what))
      .map(([what, count]) => `${count} ${count === 1 ? what.slice(0, -1) : what}`)
      .concat(Object.entries(signatures).flatMap(([state, count]) => (count > 0 ? [`${count} ${state} tags`] : [])))
      .join(", ");
    if (findings.length === 0) return { result, text: `${session.colors.green("✓")} clean: ${walked}` };
    const problems = findings.map(({ path, ref, commit: at, file, ...finding }) => {
      const where = file ?? path ?? ref ?? at;
      return { ...finding, ...(where === undefined ? {} : { file: where }) };
    });
    const message = `the registry is not what it should be: ${findings.length} of its ${walked} tell another story`;
    return { result, text: walked, refusal: new SlipwayError("REGISTRY_CORRUPT", message, { problems }) };
  });
}
