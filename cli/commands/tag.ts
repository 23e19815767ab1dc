import { SlipwayError } from "../../core/errors.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { editWhat } from "../editing.ts";

/** `slipway tag <model[@version]> <key> <value>`: as MLflow's clients see it; `--delete` takes a tag away. */
export async function run(
  session: Session,
  { what, key, value }: { what: string; key: string; value?: string },
  options: { remote?: string; delete?: boolean },
): Promise<CommandOutcome> {
  const away = options.delete ?? false;
  if (away !== (value === undefined))
    throw new SlipwayError("USAGE", "a tag has a value, or is deleted", {
      expected: `slipway tag ${what} ${key} <value>, or --delete`,
    });
  const edit = value === undefined ? ({ act: "untag", key } as const) : ({ act: "tag", key, value } as const);
  const words = value === undefined ? `${what} has no tag ${key}` : `${what} has the tag ${key}: ${value}`;
  return editWhat(session, options.remote, what, { edit, words });
}
