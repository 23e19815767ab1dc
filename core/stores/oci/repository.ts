import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Artifact } from "../../../schemas/manifest.ts";
import { canonicalJson, sha256 } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import type { StoreAddress } from "../address.ts";
import { artifactStore } from "../artifact-store.ts";
import type { Blobs, Kept, Removal, Stored } from "../blobs.ts";
import { endlessList, pagesOf } from "../pages.ts";
import { Patience } from "../patience.ts";
import { bytesSource, remembering } from "../source.ts";
import type { ArtifactStore, StoreOptions } from "../store.ts";
import { RegistryClient } from "./client.ts";
import { findCredentials } from "./credentials.ts";
import { discard } from "./exchange.ts";
import {
  artifactOf,
  type Document,
  fileManifest,
  filesOf,
  hexOf,
  IMAGE_INDEX,
  IMAGE_MANIFEST,
  imageManifest,
  MOST_MANIFEST,
  modelManifests,
  peopleTag,
  StoredManifest,
} from "./manifest.ts";
import { tarOf } from "./tar.ts";
import { blobSize, download, smallBody, upload } from "./transfer.ts";

/** A registry may take its time to look at a large blob that it has whole. */
const TIMEOUT = 180_000;
const AT_ONCE = 6;
const MOST_TAGS = 8 * 1024 * 1024;
const DAY = 24 * 60 * 60 * 1_000;
const ACCEPT = { accept: `${IMAGE_MANIFEST}, ${IMAGE_INDEX}` };
const Tags = z.object({ tags: z.array(z.string()).nullish() });

/** The tag of whoever removes: a put that sees it waits until it is over. */
const REMOVING = "removing";
const REMOVES_WITHIN = 10 * 60 * 1_000;
const LOCK_ARTIFACT = "application/vnd.slipway.lock.v1";
const LOCKED_AT = "dev.slipway.removing-since";

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

  async function getManifest(reference: string, patience: Patience): Promise<StoredManifest | undefined> {
    const body = await client.persist(patience, async () => {
      const asked = { method: "GET", path: `manifests/${reference}`, access: "pull", headers: ACCEPT } as const;
      const response = await client.send(asked, patience);
      if (response.statusCode === 404) return void (await discard(response));
      await client.expect(response, [200], `the manifest ${reference}`);
      return smallBody(response, MOST_MANIFEST, "manifest", patience);
    });
    if (body === undefined) return undefined;
    const isNamed = !reference.startsWith("sha256:") || reference === `sha256:${sha256(body)}`;
    const parsed = StoredManifest.safeParse(parsedJson(body));
    if (isNamed && parsed.success) return parsed.data;
    throw new SlipwayError("STORE_FAILED", `${base} has something at ${reference} that is not the manifest`);
  }

  async function putManifest({ mediaType, bytes }: Document, reference: string, patience: Patience): Promise<void> {
    await client.persist(patience, async () => {
      const body = { size: bytes.length, open: () => bytesSource(bytes).open() };
      const asked = { method: "PUT", path: `manifests/${reference}`, access: "pull,push" } as const;
      const response = await client.send({ ...asked, headers: { "content-type": mediaType }, body }, patience);
      await client.expect(response, [201], `the manifest ${reference}`);
      await discard(response);
    });
  }

  /** Puts a manifest under its tags. The day's says that it was put now; after that, nobody who removes may still be at it. */
  async function publish(document: Document, tags: readonly string[], patience: Patience): Promise<string> {
    for (const blob of document.blobs) await upload(client, bytesSource(blob), patience);
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    for (;;) {
      for (const tag of [`kept-${day}-${document.sha256}`, ...tags]) await putManifest(document, tag, patience);
      if (!(await isRemoving(patience))) return `${base}@sha256:${document.sha256}`;
      await sleep(500, undefined, { signal: patience.signal }).catch(() => {});
      if (patience.signal.aborted) throw patience.signal.reason;
      patience.moved();
    }
  }

  async function isRemoving(patience: Patience): Promise<boolean> {
    const lock = await getManifest(REMOVING, patience);
    const since = Date.parse(lock?.annotations?.[LOCKED_AT] ?? "");
    return Math.abs(Date.now() - since) < REMOVES_WITHIN;
  }

  async function setLock(since: Date | undefined, patience: Patience): Promise<void> {
    const lock = fileManifest(await upload(client, bytesSource(Buffer.from("{}")), patience), "lock", undefined);
    const value = { ...JSON.parse(lock.bytes.toString()), artifactType: LOCK_ARTIFACT };
    const annotations = { [LOCKED_AT]: since === undefined ? "" : since.toISOString() };
    const bytes = Buffer.from(JSON.stringify({ ...value, annotations }));
    await putManifest({ ...lock, bytes }, REMOVING, patience);
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

  /** All tags, page by page. */
  async function* tags(patience: Patience): AsyncGenerator<string> {
    const read = (at: string | undefined) => tagsPage(at === undefined ? "tags/list?n=1000" : client.url(at), patience);
    const tell = ({ tags, next }: Awaited<ReturnType<typeof read>>) => ({ names: tags.length, next });
    for await (const { tags } of pagesOf(read, tell, endlessList(base))) yield* tags.filter(isTag);
  }

  async function tagsPage(
    path: string | URL,
    patience: Patience,
  ): Promise<{ tags: string[]; next?: string | undefined }> {
    return client.persist(patience, async () => {
      const response = await client.send({ method: "GET", path, access: "pull" }, patience);
      if (response.statusCode === 404) {
        await discard(response);
        return { tags: [] };
      }
      await client.expect(response, [200], "its list of tags");
      const link = [response.headers["link"] ?? ""].flat().join(",");
      const body = await smallBody(response, MOST_TAGS, "list of tags", patience);
      const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link)?.[1];
      return { tags: Tags.safeParse(parsedJson(body)).data?.tags ?? [], next };
    });
  }

  /** The last day that each manifest was put, by its digest. */
  async function lastDays(patience: Patience): Promise<Map<string, Date>> {
    const found = new Map<string, Date>();
    for await (const tag of tags(patience)) {
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
      const found = await getManifest(`files-${sha256}`, patience);
      if (found === undefined) return undefined;
      const files: Artifact["files"] = filesOf(found);
      for (const { digest } of "manifests" in found ? found.manifests : []) {
        const part = await getManifest(digest, patience);
        if (part === undefined) return undefined;
        files.push(...filesOf(part));
      }
      return Buffer.from(canonicalJson(files));
    },

    async *stored(patience): AsyncGenerator<Stored> {
      for (const [digest, put] of await lastDays(patience)) {
        const manifest = await getManifest(`sha256:${digest}`, patience);
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
      if (host === "ghcr.io") return { outcome: "owner", command: packagesCommand(repository, name) };
      await setLock(new Date(), patience);
      try {
        const put = (await lastDays(patience)).get(hexOf(name));
        if (put !== undefined && put >= before) return { outcome: "young" };
        const response = await client.persist(patience, () =>
          client.send({ method: "DELETE", path: `manifests/${name}`, access: "delete" }, patience),
        );
        if (response.statusCode === 405) {
          await discard(response);
          const url = `https://${host}/v2/${repository}/manifests/${name}`;
          return { outcome: "owner", command: `curl --fail --request DELETE ${url}` };
        }
        await client.expect(response, [202, 404], `to delete ${name}`);
        await discard(response);
        return { outcome: "removed" };
      } finally {
        await setLock(undefined, patience);
      }
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
const isTag = (tag: string): boolean => /^\w[\w.-]{0,127}$/.test(tag);

/** GitHub's packages are deleted by their owner, through its API and not the registry's. It has organizations' and people's apart. */
function packagesCommand(repository: string, name: string): string {
  const [owner = "", ...rest] = repository.split("/");
  const kind = `gh api users/${owner} --jq 'if .type == "Organization" then "orgs" else "users" end'`;
  const versions = `/$kind/${owner}/packages/container/${encodeURIComponent(rest.join("/"))}/versions`;
  const find = `gh api --paginate "${versions}" --jq '.[] | select(.name == "${name}") | .id'`;
  return `kind=$(${kind}) && ${find} | xargs -I ID gh api --method DELETE "${versions}/ID"`;
}

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
