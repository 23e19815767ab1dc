import { SlipwayError } from "../errors.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { refusedName } from "../spec/model-names.ts";

/**
 * Refuses a name that no model had before, where it looks like another's or no system can write it. `own` is the folder of the
 * model that gets it. Rejects with NAME_INVALID.
 */
export async function refuseNewName(snapshot: RegistrySnapshot, name: string, own?: string): Promise<void> {
  const others = [...(await snapshot.lookalikes(name)), ...(await snapshot.displayNames())];
  const refused = refusedName(
    name,
    others.filter((other) => other !== own),
  );
  if (refused === undefined) return;
  throw new SlipwayError("NAME_INVALID", `A new model cannot be called so: ${refused.why}`, {
    expected: "a name that nobody takes for another one's",
    found: name,
    hint:
      refused.other === undefined
        ? "Choose another name."
        : `Is ${refused.other} meant? Otherwise choose another name.`,
  });
}
