import { setTimeout as sleep } from "node:timers/promises";
import type { Artifact } from "../../../schemas/manifest.ts";
import { canonicalJson } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import type { StoreAddress } from "../address.ts";
import { artifactStore } from "../artifact-store.ts";
import type { Blobs, Kept, Removal, Stored } from "../blobs.ts";
import { Patience } from "../patience.ts";
import { bytesSource, remembering } from "../source.ts";
import type { ArtifactStore, StoreOptions } from "../store.ts";
import { RegistryClient } from "./client.ts";
import { findCredentials } from "./credentials.ts";
import {
  artifactOf,
  type Document,
  fileManifest,
  filesOf,
  hexOf,
  imageManifest,
  modelManifests,
  peopleTag,
} from "./manifest.ts";
import { References } from "./references.ts";
import { isRemoving, removedByOwner, removeManifest, whileRemoving } from "./removing.ts";
import { tarOf } from "./tar.ts";
import { blobSize, download, upload } from "./transfer.ts";

/** A registry may take its time to look at a large blob that it has whole. */
const TIMEOUT = 180_000;
const AT_ONCE = 6;
const DAY = 24 * 60 * 60 * 1_000;

type OciAddress = Extract<StoreAddress, { scheme: "oci" }>;

export interface OciStoreOptions extends StoreOptions {
  /** Where credentials are looked for. Default: this process's environment. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A store in a repository of a container registry. */
export function openOciStore(address: OciAddress, { env, ...options }: OciStoreOptions = {}): ArtifactStore {
  return artifactStore(ociBlobs(address, env), options);
}

/**
 * Each file is a blob. A manifest names what belongs together, so that the registry keeps it and other clients can pull it: a
 * folder's in ModelPack's form. Each manifest has a tag, `kept-<day>-<digest>`, which says when it was put last and keeps a
 * host from cleaning it up; `files-<sha256>` finds a folder's. All tags are decoration: what they lead to is held against its digest.
 */
function ociBlobs({ uri: base, host, repository, also }: OciAddress, env: OciStoreOptions["env"]): Blobs {
  const client = new RegistryClient(host, repository, () => findCredentials(host, env));
  const references = new References(client, base);

  /** Puts a manifest under its tags. The day's says that it was put now; after that, nobody who removes may still be at it. */
  async function publish(document: Document, tags: readonly string[], patience: Patience): Promise<string> {
    for (const blob of document.blobs) await upload(client, bytesSource(blob), patience);
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    for (;;) {
      for (const tag of [`kept-${day}-${document.sha256}`, ...tags]) await references.put(document, tag, patience);
      if (!(await isRemoving(references, patience))) return `${base}@sha256:${document.sha256}`;
      await sleep(500, undefined, { signal: patience.signal }).catch(() => {});
      if (patience.signal.aborted) throw patience.signal.reason;
      patience.moved();
    }
  }

  async function keepFolder(kept: Extract<Kept, { folder: unknown }>, patience: Patience) {
    const { folder, files, about } = kept;
    const documents = modelManifests(folder.sha256, files, about);
    let uri = "";
    for (const document of documents) {
      const isWhole = document === documents.at(-1);
      const tags = [`files-${folder.sha256}`, ...(about === undefined ? [] : [peopleTag(about)])];
      uri = await publish(document, isWhole ? tags : [], patience);
    }
    if (!also.includes("image")) return { uri };
    const entries = files.map((file) => ({
      path: `models/${file.path}`,
      size: file.size,
      open: () => kept.source(file).open(),
    }));
    const tar = await upload(
      client,
      remembering(() => tarOf(entries)),
      patience,
    );
    const image = await publish(imageManifest(folder.sha256, tar, about), [`image-${folder.sha256}`], patience);
    return { uri, image: { uri: image } };
  }

  /** The last day that each manifest was put, by its digest. */
  async function lastDays(patience: Patience): Promise<Map<string, Date>> {
    const found = new Map<string, Date>();
    for await (const tag of references.tags(patience)) {
      const [, year, month, day, sha256 = ""] = KEPT_TAG.exec(tag) ?? [];
      if (year === undefined) continue;
      // Its last moment: a tag says the day alone.
      const end = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)) + DAY - 1);
      if ((found.get(sha256)?.getTime() ?? 0) < end.getTime()) found.set(sha256, end);
    }
    return found;
  }

  return {
    atOnce: AT_ONCE,
    patience: ({ signal, timeout = TIMEOUT }) =>
      new Patience(base, { signal, timeout, atOnce: Number.POSITIVE_INFINITY }),
    put: (source, patience) => upload(client, source, patience),
    open: (sha256, range, patience) => download(client, sha256, range, patience),
    size: (sha256, patience) => blobSize(client, sha256, patience),

    async keep(kept, patience) {
      if ("folder" in kept) return keepFolder(kept, patience);
      const { file, name, about } = kept;
      return { uri: await publish(fileManifest(file, name, about), [`file-${file.sha256}`], patience) };
    },

    async list(sha256, patience) {
      const found = await references.get(`files-${sha256}`, patience);
      if (found === undefined) return undefined;
      const files: Artifact["files"] = filesOf(found);
      for (const { digest } of "manifests" in found ? found.manifests : []) {
        const part = await references.get(digest, patience);
        if (part === undefined) return undefined;
        files.push(...filesOf(part));
      }
      return Buffer.from(canonicalJson(files));
    },

    async *stored(patience): AsyncGenerator<Stored> {
      for (const [digest, put] of await lastDays(patience)) {
        const manifest = await references.get(`sha256:${digest}`, patience);
        if (manifest === undefined) continue;
        const layers = "layers" in manifest ? manifest.layers : [];
        const artifact = artifactOf(manifest);
        yield {
          name: `sha256:${digest}`,
          is: [digest, ...(artifact === undefined ? layers.map(({ digest }) => hexOf(digest)) : [artifact])],
          holds: layers.map(({ digest }) => hexOf(digest)),
          size: layers.reduce((sum, { size }) => sum + size, 0),
          put,
        };
      }
    },

    async remove({ name }, before, patience): Promise<Removal> {
      const owners = removedByOwner(client, name);
      if (owners !== undefined) return owners;
      return whileRemoving({ client, references }, patience, async () => {
        const put = (await lastDays(patience)).get(hexOf(name));
        if (put !== undefined && put >= before) return { outcome: "young" };
        return removeManifest(client, name, patience);
      });
    },

    missing: (sha256) =>
      new SlipwayError("ARTIFACT_MISSING", `The store has no object ${sha256}`, {
        expected: `the blob sha256:${sha256} in ${base}`,
        found: "no such blob",
        hint: "Is this the registry that it was put into? Copy it over with `oras copy`, or train again.",
      }),
    corrupt: (sha256) =>
      new SlipwayError("ARTIFACT_CORRUPT", `The stored object ${sha256} does not have its digest`, {
        found: `other bytes at sha256:${sha256} in ${base}`,
        hint: "A registry keeps a blob that it has: let its operator delete this one, then put the same bytes again.",
      }),
  };
}

const KEPT_TAG = /^kept-(\d{4})(\d\d)(\d\d)-([0-9a-f]{64})$/;
