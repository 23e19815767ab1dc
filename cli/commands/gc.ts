import { collectGarbage } from "../../core/acts/collect-garbage.ts";
import type { GcResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";

/** So many objects are named; `--json` has all. */
const SHOWN = 20;

/** `slipway gc`: lists what no record names of what the store holds; with `--yes`, removes it. */
export async function run(
  session: Session,
  _args: object,
  { yes = false }: { yes?: boolean },
): Promise<CommandOutcome> {
  return withPorts(session, undefined, async (ports) => {
    const step = session.progress.start("gc");
    const { needed, young, garbage, removals } = await collectGarbage(ports, { remove: yes });
    step.done();
    const objects = garbage.map(({ name, size, put }): GcResult["objects"][number] => {
      const { outcome = "listed", ...rest } = removals.get(name) ?? {};
      return { name, size, put: put.toISOString(), outcome, ...rest };
    });
    const result: GcResult = { needed, young, objects, bytes: objects.reduce((sum, { size }) => sum + size, 0) };
    return { result, text: textOf(session, result) };
  });
}

function textOf({ colors }: Session, { needed, young, objects, bytes }: GcResult): string {
  const rest = `${needed} in use, ${young} younger than two days`;
  if (objects.length === 0) return `${colors.green("✓")} nothing to remove: ${rest}`;
  const lines = objects
    .slice(0, SHOWN)
    .map(({ name, size, put }) => `  ${name}  ${megabytes(size)}  ${put.slice(0, 10)}`);
  const more = objects.length > SHOWN ? [`  … and ${objects.length - SHOWN} more, which --json lists`] : [];
  const commands = objects.flatMap(({ command }) => (command === undefined ? [] : [command]));
  const count = (outcome: string) => objects.filter((each) => each.outcome === outcome).length;
  const removed = count("removed") > 0 ? [`${colors.green("✓")} ${count("removed")} removed`] : [];
  const kept = count("young") > 0 ? [`${count("young")} were put again meanwhile, and stay`] : [];
  const owner =
    commands.length > 0 ? ["Only the store's owner can delete there. As the owner, type:", ...commands] : [];
  const hint =
    count("listed") === objects.length
      ? ["slipway gc --yes removes them, for good: also what another repository keeps in this very store"]
      : [];
  const head = `${objects.length} that no record names, ${megabytes(bytes)} in all (${rest}):`;
  return [head, ...lines, ...more, ...removed, ...kept, ...owner, ...hint].join("\n");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 3 : 0)} MB`;
}
