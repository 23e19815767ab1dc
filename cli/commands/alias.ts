import { editModel } from "../../core/acts/edit-model.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { edited, withEditor } from "../editing.ts";

/** `slipway alias <model> <alias> <version>`: lets a name lead to a version; `--delete` takes it away. */
export async function run(
  session: Session,
  { model, alias, version: written }: { model: string; alias: string; version?: string },
  options: { remote?: string; delete?: boolean },
): Promise<CommandOutcome> {
  const away = options.delete ?? false;
  if (away !== (written === undefined))
    throw new SlipwayError("USAGE", "an alias leads to a version, or is deleted", {
      expected: `slipway alias ${model} ${alias} <version>, or --delete`,
    });
  const [, digits] = /^v?([1-9]\d{0,8})(?:\.0\.0)?$/.exec(written ?? "") ?? [];
  if (written !== undefined && digits === undefined)
    throw new SlipwayError("USAGE", "an alias leads to a version", { expected: "its number", found: written });
  const version = digits === undefined ? undefined : Number(digits);
  return withEditor(session, options.remote, async (ports, by) => {
    const edit =
      version === undefined ? ({ act: "unalias", alias } as const) : ({ act: "alias", alias, version } as const);
    const given = await editModel(ports, { model, edit, by });
    const words = version === undefined ? `${model} has no alias ${alias}` : `${model}@${alias} is version ${version}`;
    return edited(session, given, { model, version }, words);
  });
}
