import { checkedVersion } from "../../../core/acts/checked-version.ts";
import { knownModel } from "../../../core/acts/registered.ts";
import { signersOf } from "../../../core/acts/signers.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { currentAssignment } from "../../../core/promotion/assign-stage.ts";
import { diffReport } from "../../../core/report/diff-report.ts";
import { diffVersions } from "../../../core/report/diff-versions.ts";
import type { Manifest } from "../../../schemas/manifest.ts";
import { registryOf } from "../../repositories/read-mirror.ts";
import type { TargetReference } from "../grammar/argument-parser.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import type { Answer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";

/** `/compare`: what changed from one version of a model to another, and what came of it. */
export async function compare(
  { context, thread, known }: CommandContext,
  { from, to }: CommandArguments["compare"],
): Promise<Answer> {
  if (from.model !== undefined && to.model !== undefined && from.model !== to.model) {
    throw new SlipwayError(
      "USAGE",
      `Versions of one model are compared, and \`${from.model}\` and \`${to.model}\` are two.`,
    );
  }
  const model = resolveModel(from.model ?? to.model, thread, known);
  const snapshot = await registryOf(context);
  const record = await knownModel(snapshot, model);
  const signers = await signersOf(context.ports)();
  const manifestOf = async ({ version, stage }: TargetReference): Promise<Manifest> => {
    if (version === undefined && currentAssignment(record, stage ?? "") === undefined)
      throw new SlipwayError("VERSION_UNKNOWN", `No version of \`${model}\` is in ${stage}.`);
    const meant = { model, ...(version === undefined ? { stage: stage as string } : { version }) };
    return (await checkedVersion(context.ports, meant, { snapshot, signers })).manifest;
  };
  const { title, verdict, sections } = diffReport(model, diffVersions(await manifestOf(from), await manifestOf(to)));
  return { sign: "note", title: `${title}: ${verdict.text}`, sections };
}
