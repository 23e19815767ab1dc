import { editModel } from "../../core/acts/edit-model.ts";
import { editVersion } from "../../core/acts/edit-version.ts";
import type { Outcome, Session } from "../command.ts";
import { edited, versionMeant, withEditor } from "../editing.ts";
import { parseReference } from "../reference.ts";

/** `slipway describe <model[@version]> <text>`; an empty text takes the description away. */
export async function run(
  session: Session,
  { what, text: description }: { what: string; text: string },
  options: { remote?: string },
): Promise<Outcome> {
  const edit = { act: "describe", description } as const;
  const reference = parseReference(what);
  const { model, ...rest } = reference;
  const words = description === "" ? `${what} has no description` : `${what} is described so`;
  return withEditor(session, options.remote, async (ports, by) => {
    if (Object.keys(rest).length === 0)
      return edited(session, await editModel(ports, { model, edit, by }), { model }, words);
    const version = await versionMeant(ports, reference);
    return edited(session, await editVersion(ports, { model, version, edit, by }), { model, version }, words);
  });
}
