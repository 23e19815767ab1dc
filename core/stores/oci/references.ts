import { z } from "zod";
import { sha256 } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import { endlessList, pagesOf } from "../pages.ts";
import type { Patience } from "../patience.ts";
import { bytesSource } from "../source.ts";
import type { RegistryClient } from "./client.ts";
import { discard } from "./exchange.ts";
import { type Document, IMAGE_INDEX, IMAGE_MANIFEST, MOST_MANIFEST, StoredManifest } from "./manifest.ts";
import { smallBody } from "./transfer.ts";

const MOST_TAGS = 8 * 1024 * 1024;
const ACCEPT = { accept: `${IMAGE_MANIFEST}, ${IMAGE_INDEX}` };
const Tags = z.object({ tags: z.array(z.string()).nullish() });

/** A repository's manifests by what refers to them: their digest, or a tag. */
export class References {
  readonly #client: RegistryClient;
  /** The store's address, for errors. */
  readonly #base: string;

  constructor(client: RegistryClient, base: string) {
    this.#client = client;
    this.#base = base;
  }

  /** Undefined if nothing is there. Rejects with STORE_FAILED if it is no manifest, or another than the digest names. */
  async get(reference: string, patience: Patience): Promise<StoredManifest | undefined> {
    const body = await this.#client.persist(patience, async () => {
      const asked = { method: "GET", path: `manifests/${reference}`, access: "pull", headers: ACCEPT } as const;
      const response = await this.#client.send(asked, patience);
      if (response.statusCode === 404) return void (await discard(response));
      await this.#client.expect(response, [200], `the manifest ${reference}`);
      return smallBody(response, MOST_MANIFEST, "manifest", patience);
    });
    if (body === undefined) return undefined;
    const isNamed = !reference.startsWith("sha256:") || reference === `sha256:${sha256(body)}`;
    const parsed = StoredManifest.safeParse(parsedJson(body));
    if (isNamed && parsed.success) return parsed.data;
    throw new SlipwayError("STORE_FAILED", `${this.#base} has something at ${reference} that is not the manifest`);
  }

  /** Makes a tag lead to a manifest, whatever it led to before. */
  async put({ mediaType, bytes }: Document, reference: string, patience: Patience): Promise<void> {
    await this.#client.persist(patience, async () => {
      const body = { size: bytes.length, open: () => bytesSource(bytes).open() };
      const asked = { method: "PUT", path: `manifests/${reference}`, access: "pull,push" } as const;
      const response = await this.#client.send({ ...asked, headers: { "content-type": mediaType }, body }, patience);
      await this.#client.expect(response, [201], `the manifest ${reference}`);
      await discard(response);
    });
  }

  /** All tags, page by page. */
  async *tags(patience: Patience): AsyncGenerator<string> {
    const read = (at: string | undefined) =>
      this.#page(at === undefined ? "tags/list?n=1000" : this.#client.url(at), patience);
    const tell = ({ tags, next }: Awaited<ReturnType<typeof read>>) => ({ names: tags.length, next });
    for await (const { tags } of pagesOf(read, tell, endlessList(this.#base))) yield* tags.filter(isTag);
  }

  async #page(path: string | URL, patience: Patience): Promise<{ tags: string[]; next?: string | undefined }> {
    return this.#client.persist(patience, async () => {
      const response = await this.#client.send({ method: "GET", path, access: "pull" }, patience);
      if (response.statusCode === 404) {
        await discard(response);
        return { tags: [] };
      }
      await this.#client.expect(response, [200], "its list of tags");
      const link = [response.headers["link"] ?? ""].flat().join(",");
      const body = await smallBody(response, MOST_TAGS, "list of tags", patience);
      const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link)?.[1];
      return { tags: Tags.safeParse(parsedJson(body)).data?.tags ?? [], next };
    });
  }
}

const isTag = (tag: string): boolean => /^\w[\w.-]{0,127}$/.test(tag);

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
