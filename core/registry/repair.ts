import { type GitObjects, openObjects } from "../git/objects.ts";
import { clearLeftLocks } from "../git/own-refs.ts";
import { clearDeadWriters, updateRefs } from "../git/ref-transaction.ts";
import { pushRefs } from "../git/remote.ts";
import type { Repository } from "../git/repository.ts";
import { upkeep } from "../git/upkeep.ts";
import { writeObjects } from "../git/write.ts";
import type { ComposedTag } from "./compose.ts";
import { openCopies, restoreObjects, setAside } from "./damaged-objects.ts";
import { type Signing, signTags } from "./sign-tags.ts";
import { type Verification, type VerifyOptions, verifyRegistry } from "./verify.ts";

/** What was mended, in words, with what it is about. */
export interface Repaired {
  message: string;
  ref?: string;
  object?: string;
}

export interface RepairOptions extends VerifyOptions {
  /** A copy of the registry to take whole objects from: a folder or a URL. Without it, the repository's remotes. */
  from?: string | undefined;
  /** How this host signs the tags that it writes. */
  signing?: Signing | undefined;
}

/** Trees hide what is below them: each pass mends a level. */
const MAX_PASSES = 10;
const CHUNK = 200;

/**
 * Mends what has one answer alone, and guesses nothing: locks of writers that are proven dead, tags that follow from the
 * records, objects whose id proves the bytes that another copy has. Resolves to that, and to what is left for people.
 */
export async function repairRegistry(options: RepairOptions): Promise<{ repaired: Repaired[]; found: Verification }> {
  const { folder, remote, remoteEnvironment, from, artifacts, signing } = options;
  const objects = await openObjects(folder, { remoteEnvironment });
  const copies = new CopiesOnce(objects, from);
  const repaired: Repaired[] = [];
  try {
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const found = await verifyRegistry({ ...options, artifacts: undefined });
      const done = [
        ...(await removeLocks(objects, found)),
        ...(await bringBack(objects, found, copies)),
        ...(await writeTags(objects, remote, signing, found.owed)),
      ].filter(({ message }) => !repaired.some((before) => before.message === message));
      if (done.length === 0) break;
      repaired.push(...done);
    }
  } finally {
    await copies.close();
    await objects.close();
  }
  return { repaired, found: await verifyRegistry({ ...options, artifacts }) };
}

/** Fetching a copy takes its time: only where something is damaged, and once. */
class CopiesOnce {
  readonly #open: () => ReturnType<typeof openCopies>;
  #copies: ReturnType<typeof openCopies> | undefined;

  constructor(objects: GitObjects, from: string | undefined) {
    this.#open = () => openCopies(objects, from);
  }

  get() {
    this.#copies ??= this.#open();
    return this.#copies;
  }

  async close() {
    for (const copy of (await this.#copies) ?? []) await copy.close();
  }
}

async function removeLocks({ repository }: GitObjects, { findings }: Verification): Promise<Repaired[]> {
  const stale = findings.filter(({ code }) => code === "LOCK_STALE");
  if (stale.length === 0) return [];
  await clearDeadWriters(repository);
  await clearLeftLocks(repository, ["refs/tags"]);
  await upkeep(repository, { repack: false, packRefs: false }, "refs/tags/");
  return stale.map(({ ref = "" }) => ({
    ref,
    message: `Removed the lock of ${ref}: the writer that held it is dead.`,
  }));
}

async function bringBack(objects: GitObjects, { damaged }: Verification, copies: CopiesOnce): Promise<Repaired[]> {
  if (damaged.length === 0) return [];
  const restored = await restoreObjects(objects, damaged, await copies.get());
  return [...restored].map(([object, name]) => ({
    object,
    message: `Brought back the object ${object} from ${name}.`,
  }));
}

async function writeTags(
  { repository, read }: GitObjects,
  remote: string | undefined,
  signing: Signing | undefined,
  owed: Verification["owed"],
): Promise<Repaired[]> {
  const named = owed.filter((tag) => tag.named);
  for (const { object } of named) {
    if ((await read(object.id).catch(() => undefined)) === undefined) await setAside(repository, object.id);
    await writeObjects(repository.objectFolder, [object]);
  }
  const missing = await signTags(
    owed.filter((tag) => !tag.named),
    signing,
  );
  const done: Repaired[] = named.map(wrote);
  for (let from = 0; from < missing.length; from += CHUNK) {
    const chunk = missing.slice(from, from + CHUNK);
    await writeObjects(
      repository.objectFolder,
      chunk.map(({ object }) => object),
    );
    if (await pointTags(repository, remote, chunk)) done.push(...chunk.map(wrote));
    // One that is in the way is for a person to look at, and no reason to leave the others out.
    else for (const tag of chunk) if (await pointTags(repository, remote, [tag])) done.push(wrote(tag));
  }
  return done;
}

async function pointTags(repository: Repository, remote: string | undefined, tags: readonly ComposedTag[]) {
  const refs = tags.map(({ name, object }) => ({ ref: `refs/tags/${name}`, to: object.id }));
  if (remote !== undefined) return (await pushRefs(repository, remote, refs)) === undefined;
  const created = refs.map((each) => ({ ...each, from: undefined }));
  return (await updateRefs(repository, created)) === undefined;
}

function wrote({ name }: ComposedTag): Repaired {
  return { ref: `refs/tags/${name}`, message: `Wrote the tag ${name}: it follows from the records.` };
}
