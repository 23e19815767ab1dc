import { z } from "zod";
import type { Artifact } from "../../../schemas/manifest.ts";
import { sha256 } from "../../canonical.ts";
import type { About, Blob } from "../blobs.ts";

/** What a registry takes at most of one manifest. */
export const MOST_MANIFEST = 4 * 1024 * 1024;
/** Where a list of layers is cut: room for the rest of a manifest. */
const MOST_LAYERS = 3 * 1024 * 1024;

export const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";
const MODEL_MANIFEST = "application/vnd.cncf.model.manifest.v1+json";
const MODEL_CONFIG = "application/vnd.cncf.model.config.v1+json";
const FILE = "application/vnd.slipway.file.v1";
const PATH = "org.cncf.model.filepath";
const TITLE = "org.opencontainers.image.title";
/** The sha256 of an artifact's list of files, by which records name it. */
const ARTIFACT = "dev.slipway.artifact";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const annotations = z.record(z.string(), z.string()).optional();
const Descriptor = z.object({ mediaType: z.string(), digest, size: z.int().min(0), annotations });
type Descriptor = z.infer<typeof Descriptor>;

/** What of a manifest, or of an index, is read here. */
export const StoredManifest = z.union([
  z.object({ config: Descriptor, layers: z.array(Descriptor).max(100_000), annotations }),
  z.object({ manifests: z.array(Descriptor).max(1_000), annotations }),
]);
export type StoredManifest = z.infer<typeof StoredManifest>;

/** A document's exact bytes, which its digest is over, with what has to be there before it. */
export interface Document {
  mediaType: string;
  bytes: Buffer;
  sha256: string;
  /** Small blobs that it names: configs. */
  blobs: readonly Buffer[];
}

/**
 * A folder as a ModelPack manifest: a layer for each file, uncompressed, so that a layer's digest is the file's. More files than
 * one manifest can name become several, and an index of them, which comes last. The same folder and `about` are the same bytes.
 */
export function modelManifests(artifact: string, files: Artifact["files"], about: About | undefined): Document[] {
  const layers = files.map(({ path, size, ...file }) => ({
    mediaType: `application/vnd.cncf.model.${layerType(path)}.v1.raw`,
    digest: `sha256:${file.sha256}`,
    size,
    annotations: { [PATH]: path, [TITLE]: path },
  }));
  const notes = { ...aboutAnnotations(about), [ARTIFACT]: artifact };
  const manifests = portions(layers).map((portion) => modelManifest(portion, notes, about));
  const [only] = manifests;
  if (only && manifests.length === 1) return manifests;
  const parts = manifests.map((part) => ({
    mediaType: part.mediaType,
    digest: `sha256:${part.sha256}`,
    size: part.bytes.length,
  }));
  const index = { schemaVersion: 2, mediaType: IMAGE_INDEX, artifactType: MODEL_MANIFEST, manifests: parts };
  return [...manifests, documentOf(IMAGE_INDEX, { ...index, annotations: notes }, [])];
}

/** One file, so that the registry keeps its bytes. */
export function fileManifest(file: Blob, name: string, about: About | undefined): Document {
  const layer = {
    mediaType: "application/octet-stream",
    digest: `sha256:${file.sha256}`,
    size: file.size,
    annotations: { [TITLE]: name },
  };
  const empty = Buffer.from("{}");
  const manifest = { schemaVersion: 2, mediaType: IMAGE_MANIFEST, artifactType: FILE, config: blobOf(EMPTY, empty) };
  return documentOf(IMAGE_MANIFEST, { ...manifest, layers: [layer], annotations: aboutAnnotations(about) }, [empty]);
}

/** A container image of one layer, an uncompressed tar. */
export function imageManifest(artifact: string, tar: Blob, about: About | undefined): Document {
  const created = about === undefined ? {} : { created: about.created };
  const config = Buffer.from(
    JSON.stringify({
      ...created,
      architecture: "amd64",
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: [`sha256:${tar.sha256}`] },
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    config: blobOf("application/vnd.oci.image.config.v1+json", config),
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: `sha256:${tar.sha256}`, size: tar.size }],
    annotations: { ...aboutAnnotations(about), [ARTIFACT]: artifact },
  };
  return documentOf(IMAGE_MANIFEST, manifest, [config]);
}

/** The files that a ModelPack manifest's layers are. */
export function filesOf(manifest: StoredManifest): Artifact["files"] {
  if (!("layers" in manifest)) return [];
  return manifest.layers.flatMap(({ digest, size, annotations }) => {
    const path = annotations?.[PATH];
    return path === undefined ? [] : [{ path, sha256: hexOf(digest), size }];
  });
}

/** The artifact that a manifest is of, by the sha256 of its list of files. */
export function artifactOf({ annotations }: StoredManifest): string | undefined {
  const named = annotations?.[ARTIFACT];
  return named !== undefined && /^[0-9a-f]{64}$/.test(named) ? named : undefined;
}

export const hexOf = (digest: string): string => digest.slice("sha256:".length);

/** A tag for people, `<model>-<commit>`: a claim of nobody's, and never read. */
export function peopleTag({ model, commit }: About): string {
  return `${model.replace(/[^\w.-]/g, "-").slice(0, 100)}-${commit.slice(0, 12)}`.replace(/^[^\w]/, "_");
}

function modelManifest(layers: Descriptor[], notes: Record<string, string>, about: About | undefined): Document {
  const empty = Buffer.from("{}");
  const named = layers.length === 0 ? [blobOf(EMPTY, empty)] : layers;
  const descriptor = about && {
    createdAt: about.created,
    name: about.model,
    revision: about.commit,
    ...(about.source_url === undefined ? {} : { sourceURL: about.source_url }),
  };
  const modelfs = { type: "layers", diffIds: named.map(({ digest }) => digest) };
  const config = Buffer.from(JSON.stringify({ descriptor: descriptor ?? {}, config: {}, modelfs }));
  const manifest = {
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: MODEL_MANIFEST,
    config: blobOf(MODEL_CONFIG, config),
    layers: named,
    annotations: notes,
  };
  return documentOf(IMAGE_MANIFEST, manifest, layers.length === 0 ? [empty, config] : [config]);
}

/** Parts of a list of layers that a manifest each can name; one empty part for none. */
function portions(layers: Descriptor[]): Descriptor[][] {
  const found: Descriptor[][] = [[]];
  let bytes = 0;
  for (const layer of layers) {
    const length = Buffer.byteLength(JSON.stringify(layer)) + 1;
    if (bytes + length > MOST_LAYERS) {
      found.push([]);
      bytes = 0;
    }
    found.at(-1)?.push(layer);
    bytes += length;
  }
  return found;
}

function layerType(path: string): string {
  if (/(^|\/)(readme|license|notice)[^/]*$|\.(md|rst|pdf)$/i.test(path)) return "doc";
  if (/\.(py|r|jl|js|ts|sh|ipynb)$/i.test(path)) return "code";
  return /\.(json|ya?ml|toml|ini|cfg|txt)$/i.test(path) ? "weight.config" : "weight";
}

function aboutAnnotations(about: About | undefined): Record<string, string> {
  if (about === undefined) return {};
  return {
    "org.opencontainers.image.created": about.created,
    "org.opencontainers.image.revision": about.commit,
    ...(about.source_url === undefined ? {} : { "org.opencontainers.image.source": about.source_url }),
    "dev.slipway.model": about.model,
  };
}

function blobOf(mediaType: string, bytes: Buffer): Descriptor {
  return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
}

function documentOf(mediaType: string, value: unknown, blobs: readonly Buffer[]): Document {
  const bytes = Buffer.from(JSON.stringify(value));
  return { mediaType, bytes, sha256: sha256(bytes), blobs };
}
