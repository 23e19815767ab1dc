import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { sha256 } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import { type DataUri, shownUri } from "../../spec/data-uri.ts";
import { isLoopback, parseStore } from "../../stores/address.ts";
import { RegistryClient } from "../../stores/oci/client.ts";
import { findCredentials } from "../../stores/oci/credentials.ts";
import { discard } from "../../stores/oci/exchange.ts";
import { hexOf, IMAGE_MANIFEST, MOST_MANIFEST } from "../../stores/oci/manifest.ts";
import { download, smallBody } from "../../stores/oci/transfer.ts";
import { Patience } from "../../stores/patience.ts";
import { changed, failed, missing } from "./failures.ts";
import type { DataAccess, KnownFile, OpenedFile, OpenOptions, RemoteFile, RemotePlace } from "./place.ts";

const TITLES = ["org.opencontainers.image.title", "org.cncf.model.filepath"];
const Layer = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().min(0),
  annotations: z.record(z.string(), z.string()).optional(),
});
const Manifest = z.object({ layers: z.array(Layer).max(100_000) });

/**
 * Layers of a repository's manifests, by their title. A version is the manifest's digest. The environment's own user name and
 * password are for the policy's store alone: any other registry gets what Docker's configuration has for it.
 */
export async function ociPlace({ env, store, signal, silence }: DataAccess, host: string): Promise<RemotePlace> {
  const own = store === undefined ? undefined : parseStore(store);
  const isOwn = own?.scheme === "oci" && own.host === host;
  if (isLoopback(host) && !isOwn)
    throw new SlipwayError("UNSUPPORTED", `Data at ${host} cannot be read`, {
      expected: "a registry on another machine, or the one of artifacts.store in slipway.yaml",
    });
  const { SLIPWAY_OCI_USERNAME: _, SLIPWAY_OCI_PASSWORD: __, ...others } = env;
  const patience = new Patience(`oci://${host}`, { signal, timeout: silence, atOnce: Number.POSITIVE_INFINITY });
  const clientOf = (repository: string) =>
    new RegistryClient(host, repository, () => findCredentials(host, isOwn ? env : others));

  /** The layer of a title, in the manifest that a tag names now or in a version of it. */
  async function layer(uri: DataUri, version: string | undefined): Promise<RemoteFile & { sha256: string }> {
    const [, repository = "", reference = ""] = /^(.+?)[:@]((?:sha256:)?[^:@]+)$/.exec(uri.path) ?? [];
    const client = clientOf(repository);
    const asked = version ?? reference;
    const body = await client.persist(patience, async () => {
      const headers = { accept: IMAGE_MANIFEST };
      const request = { method: "GET", path: `manifests/${asked}`, access: "pull", headers } as const;
      const response: IncomingMessage = await client.send(request, patience);
      if (response.statusCode === 404) return void (await discard(response));
      await client.expect(response, [200], `the manifest ${asked}`);
      return smallBody(response, MOST_MANIFEST, "manifest", patience);
    });
    if (body === undefined)
      throw version === undefined ? missing(uri) : changed(uri.text, version, "no such manifest any more");
    const digest = `sha256:${sha256(body)}`;
    if (asked.startsWith("sha256:") && asked !== digest)
      throw failed(uri.text, { expected: asked, found: `a manifest of ${digest}` });
    const found = layersOf(body)?.find(({ annotations = {} }) =>
      TITLES.some((title) => annotations[title] === uri.name),
    );
    if (found === undefined) throw missing(uri, `no layer ${JSON.stringify(uri.name)} in the manifest`);
    return { path: uri.path, size: found.size, version: digest, sha256: hexOf(found.digest) };
  }

  return {
    versions: true,
    look: (uri: DataUri, known?: KnownFile) =>
      inOurWords(uri, async () => {
        const found = await layer(uri, undefined);
        return known !== undefined && known.version === found.version && known.size === found.size ? "same" : found;
      }),
    open: (uri: DataUri, { start, version }: OpenOptions) =>
      inOurWords(uri, async (): Promise<OpenedFile> => {
        const found = await layer(uri, version);
        const client = clientOf(/^(.+?)[:@]/.exec(uri.path)?.[1] ?? "");
        const body = await download(client, found.sha256, { start }, patience);
        if (body === undefined) throw missing(uri, "a manifest whose layer is gone");
        return { body, start, size: found.size, version: found.version };
      }),
  };
}

function layersOf(body: Buffer): z.infer<typeof Manifest>["layers"] | undefined {
  try {
    return Manifest.parse(JSON.parse(body.toString("utf8"))).layers;
  } catch {
    return undefined;
  }
}

/** A registry speaks of stores: here it is data that could not be fetched. */
async function inOurWords<T>(uri: DataUri, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof SlipwayError) || !error.code.startsWith("STORE_")) throw error;
    const [problem] = error.problems;
    throw new SlipwayError("REMOTE_FAILED", `${shownUri(uri.text)} could not be fetched.`, {
      found: [error.message, problem?.found].filter(Boolean).join(": "),
      ...(problem?.hint ? { hint: problem.hint } : {}),
      cause: error,
    });
  }
}
