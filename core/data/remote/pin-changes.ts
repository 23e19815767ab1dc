import type { PinChange } from "../../../schemas/cli-output.ts";
import type { DataLock, LockedFile } from "../../../schemas/data-record.ts";
import { sortedBytewise } from "../../plan/data-lock.ts";

/** What became of each pinned file from one lock to the next, by the bytes of their URIs. */
export function pinChanges(before: DataLock, now: DataLock): PinChange[] {
  const earlier = new Map(before.files.map((file) => [keyOf(file), file]));
  const later = new Set(now.files.map(keyOf));
  const pinned = now.files.map((file) => changeOf(earlier.get(keyOf(file)), file));
  const gone = before.files.filter((file) => !later.has(keyOf(file)));
  return sortedBytewise([
    ...pinned,
    ...gone.map((file) => ({ ...named(file), change: "gone" as const, before: pin(file) })),
  ]);
}

function changeOf(before: LockedFile | undefined, now: LockedFile): PinChange {
  if (before === undefined) return { ...named(now), change: "added", now: pin(now) };
  const isKept = before.sha256 === now.sha256 && before.version === now.version;
  return { ...named(now), change: isKept ? "kept" : "changed", before: pin(before), now: pin(now) };
}

/** Two patterns may name one file, which is then pinned for each. */
function keyOf({ uri, of = uri }: LockedFile): string {
  return JSON.stringify([of, uri]);
}

function named({ uri, of = uri }: LockedFile) {
  return { location: of, uri };
}

function pin({ sha256, size, version }: LockedFile): NonNullable<PinChange["now"]> {
  return { sha256, size, ...(version === undefined ? {} : { version }) };
}
