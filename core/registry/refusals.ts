import { SlipwayError } from "../errors.ts";
import type { ComposedTag } from "./compose.ts";

/** The branch no longer points where the decision was made: load, decide and publish again. */
export function moved(parent: string | undefined): SlipwayError {
  return new SlipwayError("REGISTRY_MOVED", "The registry moved on while this was being decided.", {
    expected: parent ?? "no branch registry",
    hint: "Run the same command again.",
  });
}

/** A tag that the registry is about to make has a name that is taken. */
export function refusedTag(name: string, words: string): SlipwayError {
  return new SlipwayError("TAG_TAKEN", `A tag that the registry did not make is in the way of ${name}.`, {
    found: words,
    hint: `Look at it with \`git show '${name}'\`. If it came from a remote's registry, use that: --remote <name>. Otherwise rename or delete it, then run the same command again.`,
  });
}

/** A tag of the newest commits is there, but is not what the records say. */
export function tagDiffers(tag: ComposedTag, found: string): SlipwayError {
  return new SlipwayError("REGISTRY_CORRUPT", `The tag ${tag.name} is not the one that follows from its record.`, {
    expected: tag.object.id,
    found,
    hint: `Look at it with \`git show '${tag.name}'\`. If nobody needs it, delete it: the next command writes the right one.`,
  });
}
