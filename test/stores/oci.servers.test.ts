import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openOciStore } from "../../core/stores/oci/repository.ts";
import { startRegistry } from "../../tools/servers/registry.ts";
import { testArtifactStore } from "./artifact-store.ts";
import { startTokenServer } from "./token-server.ts";
import { wireTo } from "./wire.ts";

testArtifactStore(
  "a repository of a container registry",
  async () => {
    const tokens = await startTokenServer({ ada: { password: "secret-of-ada", may: ["pull", "push", "delete"] } });
    const registry = await startRegistry({ tokenAuth: tokens.auth });
    const wire = await wireTo(registry.url);
    const uri = `oci://${wire.host}/acme/models`;
    const address = { scheme: "oci", uri, host: wire.host, repository: "acme/models", also: [] } as const;
    const blob = (digest: string) =>
      join(registry.folder, "docker/registry/v2/blobs/sha256", digest.slice(0, 2), digest);
    const own = join(registry.folder, "docker/registry/v2/repositories/acme/models");
    // A folder's list is a manifest, found by its tag.
    const places = (digest: string) => [`_layers/sha256/${digest}`, `_manifests/tags/files-${digest}`];
    return {
      store: openOciStore(address, { env: { SLIPWAY_OCI_USERNAME: "ada", SLIPWAY_OCI_PASSWORD: "secret-of-ada" } }),
      spoil: (digest) => writeFile(join(blob(digest), "data"), "HELLO\n"),
      async remove(digest) {
        for (const place of places(digest)) await rm(join(own, place), { recursive: true, force: true });
      },
      wire,
      expire() {
        const { authorization } = wire.seen.at(-1)?.headers ?? {};
        wire.fault({ when: ({ headers }) => headers.authorization === authorization, forgets: true, times: 1_000 });
      },
      async close() {
        await wire.close();
        await Promise.all([registry.stop(), tokens.stop()]);
      },
    };
  },
  { remote: true, renews: true },
);
