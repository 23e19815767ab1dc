import { changeVersion } from "../../core/acts/change-version.ts";
import type { Outcome, Session } from "../command.ts";
import { edited, versionMeant, withEditor } from "../editing.ts";
import { parseReference } from "../reference.ts";

/** `slipway withdraw <model>@<version>`: nobody is to use it any more. Its records stay, its number is never used again. */
export async function run(
  session: Session,
  { version: written }: { version: string },
  options: { remote?: string; reason?: string },
): Promise<Outcome> {
  const { reason, remote } = options;
  const reference = parseReference(written);
  const { model } = reference;
  return withEditor(session, remote, async (ports, by) => {
    const version = await versionMeant(ports, reference);
    const given = await changeVersion(ports, { model, version, act: "withdraw", reason, by });
    return edited(session, given, { model, version }, `${model} version ${version} is withdrawn`);
  });
}
