import { sha256 } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import type { StoreAddress } from "../address.ts";
import { type NamedStore, namedStore } from "../named.ts";
import { Patience } from "../patience.ts";
import { bytesSource } from "../source.ts";
import { RegistryClient } from "./client.ts";
import { findCredentials } from "./credentials.ts";
import { fileManifest, hexOf, type StoredManifest } from "./manifest.ts";
import { References } from "./references.ts";
import { removedByOwner, removeManifest } from "./removing.ts";
import { download, upload } from "./transfer.ts";

type OciAddress = Extract<StoreAddress, { scheme: "oci" }>;

/**
 * Objects as tags: a manifest of one file, which holds the name too, so that no two objects share one. A name's `/` are dots in
 * the tag; a name has no other dots but its extension's.
 */
export function openNamedRepository(
  { uri, host, repository }: OciAddress,
  env: Readonly<Record<string, string | undefined>>,
): NamedStore {
  const client = new RegistryClient(host, repository, () => findCredentials(host, env));
  const references = new References(client, uri);
  const layerOf = (manifest: StoredManifest | undefined) =>
    manifest !== undefined && "layers" in manifest ? manifest.layers[0] : undefined;

  return namedStore({
    patience: (waiting) => new Patience(uri, { ...waiting, atOnce: Number.POSITIVE_INFINITY }),

    async put(name, bytes, patience) {
      const blob = await upload(client, bytesSource(bytes), patience);
      const document = fileManifest(blob, name, undefined);
      for (const part of document.blobs) await upload(client, bytesSource(part), patience);
      await references.put(document, tagOf(name), patience);
    },

    async get(name, most, patience) {
      const layer = layerOf(await references.get(tagOf(name), patience));
      if (layer === undefined) return undefined;
      if (layer.size > most) return "too-large";
      const chunks: Buffer[] = [];
      const opened = await download(client, hexOf(layer.digest), { end: layer.size }, patience);
      if (opened === undefined) return undefined;
      for await (const chunk of opened) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (sha256(bytes) === hexOf(layer.digest)) return bytes;
      throw new SlipwayError("STORE_FAILED", `${uri}:${tagOf(name)} holds other bytes than its manifest names`);
    },

    // A registry lists all of its tags.
    async *list(_prefix, patience) {
      for await (const tag of references.tags(patience)) yield nameOf(tag);
    },

    async remove(name, patience) {
      const manifest = await references.get(tagOf(name), patience);
      const layer = layerOf(manifest);
      if (layer === undefined) return { outcome: "removed" };
      const digest = `sha256:${fileManifest({ sha256: hexOf(layer.digest), size: layer.size }, name, undefined).sha256}`;
      return removedByOwner(client, digest) ?? removeManifest(client, digest, patience);
    },
  });
}

const tagOf = (name: string): string => name.replaceAll("/", ".");

function nameOf(tag: string): string {
  const parts = tag.split(".");
  const extension = parts.pop() ?? "";
  return `${parts.join("/")}.${extension}`;
}
