import { deprecateModel } from "../../core/acts/change-model.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { edited, withEditor } from "../editing.ts";

/** `slipway deprecate <model>`: retires a model with all its versions. Its next version brings it back. */
export async function run(
  session: Session,
  { model }: { model: string },
  options: { remote?: string; reason?: string },
): Promise<CommandOutcome> {
  const { reason, remote } = options;
  return withEditor(session, remote, async (ports, by) => {
    const given = await deprecateModel(ports, { model, reason, by });
    return edited(session, given, { model }, `${model} is deprecated`);
  });
}
