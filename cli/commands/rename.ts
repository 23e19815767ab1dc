import { renameModel } from "../../core/acts/change-model.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { edited, withEditor } from "../editing.ts";

/** `slipway rename <model> <name>`: every name that it had goes on finding it; folder and Git tags stay. */
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
