import { editModel } from "../../core/acts/edit-model.ts";
import { editVersion } from "../../core/acts/edit-version.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Outcome, Session } from "../command.ts";
import { edited, versionMeant, withEditor } from "../editing.ts";
import { parseReference } from "../reference.ts";

/** `slipway tag <model[@version]> <key> <value>`: as MLflow's clients see it; `--delete` takes a tag away. */
export async function run(
  session: Session,
  { what, key, value }: { what: string; key: string; value?: string },
  options: { remote?: string; delete?: boolean },
): Promise<Outcome> {
  const away = options.delete ?? false;
  if (away !== (value === undefined))
    throw new SlipwayError("USAGE", "a tag has a value, or is deleted", {
      expected: `slipway tag ${what} ${key} <value>, or --delete`,
    });
  const edit = value === undefined ? ({ act: "untag", key } as const) : ({ act: "tag", key, value } as const);
  const reference = parseReference(what);
  const { model, ...rest } = reference;
  const words = value === undefined ? `${what} has no tag ${key}` : `${what} has the tag ${key}: ${value}`;
  return withEditor(session, options.remote, async (ports, by) => {
    if (Object.keys(rest).length === 0)
      return edited(session, await editModel(ports, { model, edit, by }), { model }, words);
    const version = await versionMeant(ports, reference);
    return edited(session, await editVersion(ports, { model, version, edit, by }), { model, version }, words);
  });
}
