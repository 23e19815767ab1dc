import { renameModel } from "../../core/acts/change-model.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { edited, withEditor } from "../editing.ts";

/** `slipway rename <model> <name>`: the model is found by every name that it had; its folder and its Git tags stay. */
export async function run(
  session: Session,
  { model, name }: { model: string; name: string },
  options: { remote?: string; reason?: string },
): Promise<CommandOutcome> {
  const { reason, remote } = options;
  return withEditor(session, remote, async (ports, by) => {
    const given = await renameModel(ports, { model, to: name, reason, by });
    return edited(session, given, { model }, `${model} is called ${name}`);
  });
}
