import { changeVersion } from "../../core/acts/change-version.ts";
import type { Outcome, Session } from "../command.ts";
import { edited, versionMeant, withEditor } from "../editing.ts";
import { parseReference } from "../reference.ts";

/** `slipway archive <model>@<version>`: it leaves its stages, and can come back by a promotion. */
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
    const given = await changeVersion(ports, { model, version, act: "archive", reason, by });
    return edited(session, given, { model, version }, `${model} version ${version} is archived`);
  });
}
