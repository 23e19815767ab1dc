import type { VersionNumber } from "../../schemas/names.ts";
import type { LogSession } from "./log-session.ts";
import type { AskedModel, LookPorts, ModelLook } from "./look-ports.ts";
import type { LookedVersion } from "./look-window.ts";
import { keptReference } from "./reference.ts";

/** The versions that rows name, each read once. One that is not registered is told of, and its rows are left out. */
export function versionsOf(
  ports: Pick<LookPorts, "version" | "store">,
  { model, loaded }: Pick<AskedModel, "model" | "loaded">,
  { work }: Pick<LogSession, "work">,
  notes: ModelLook["notes"],
): (version: VersionNumber) => Promise<LookedVersion | undefined> {
  const known = new Map<VersionNumber, Promise<LookedVersion | undefined>>();
  const note = (code: string, message: string) => notes.push({ model, code, message });
  const read = async (number: VersionNumber): Promise<LookedVersion | undefined> => {
    const found = await ports.version(number);
    if (found === undefined) {
      note(
        "VERSION_UNKNOWN",
        `The request log has rows of version ${number}, which is not registered: they are left out`,
      );
      return undefined;
    }
    const reference = await keptReference(ports.store, found.manifest, work);
    if (reference.problem !== undefined)
      note(
        "ARTIFACT_MISSING",
        `A kept profile of version ${number} cannot be read (${reference.problem}): what it describes is not compared`,
      );
    return { manifest: found.manifest, reference, spec: loaded?.spec };
  };
  return (version) => {
    const answer = known.get(version) ?? read(version);
    known.set(version, answer);
    return answer;
  };
}
