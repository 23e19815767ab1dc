import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createModel } from "../../core/acts/create-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { ADA, register, source } from "../../test/registry/builders.ts";
import { storeIn } from "./good-registry.ts";

const IMAGE = `ghcr.io/acme/serve@sha256:${"a".repeat(64)}`;

/**
 * A bare repository with a policy on `main`, and a registry to go on from: `penguins` with two versions, `birds` with three,
 * of which the second is in staging, after the first; the first is in canary, where others come by steps. The branch `deploy`
 * describes both stages.
 */
export async function makeBaseRegistry(folder: string): Promise<void> {
  await git(".", ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", folder]);
  const policy = `slipway: 1
stages: [staging, canary]
register: { imported: [staging, canary] }
rollout: { canary: { steps: [{ shadow: 1m }, { share: 0.5, for: 1m }, { share: 1 }] } }
deploy:
  staging: { kubernetes: { open: true }, image: "${IMAGE}" }
  canary: { kserve: { open: true }, image: "${IMAGE}" }
`;
  const commit = ["commit refs/heads/main", "committer Ada <ada@example.org> 1760000000 +0000", "data 0", ""];
  const file = ["M 100644 inline slipway.yaml", `data ${policy.length}`, policy, ""];
  await git(folder, ["fast-import", "--quiet"], { input: [...commit, ...file].join("\n") });
  const objects = await openObjects(folder);
  try {
    const ports: Ports = {
      ...{ name: "app", identifiesUsers: true, runsUserCode: false, remote: undefined, objects },
      workspace: await openWorkspace(folder),
      registry: await registryOn(objects, undefined, undefined),
      store: storeIn(folder),
      clock: () => new Date("2026-03-01T09:00:00Z"),
    };
    for (const id of ["1", "2"]) await register(ports.registry, "penguins", id.padStart(40, "0"));
    await createModel(ports, { name: "birds", by: ADA });
    const made = join(folder, "made");
    await mkdir(made);
    await writeFile(join(made, "weights"), "1 2 3");
    const artifact = await ports.store.putFolder(made);
    for (let version = 1; version <= 3; version += 1)
      await importVersion(ports, { model: "birds", imported: { source: artifact.uri }, artifact, by: ADA });
    const first = [
      [1, "staging"],
      [2, "staging"],
      [1, "canary"],
    ] as const;
    for (const [at, [version, stage]] of first.entries()) {
      const ask = { model: "birds", version, stage, requestedBy: ADA, source: source(at + 1) };
      const { outcome } = await promoteVersion(ports, ask);
      if (outcome !== "promoted") throw new Error(`the base was not promoted, but ${outcome}`);
    }
  } finally {
    await objects.close();
  }
}

let bundle: Promise<Uint8Array> | undefined;

/** The writer as one file, so that it starts in no time; resolves to where it is. */
export async function buildWriter(folder: string): Promise<string> {
  const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
  bundle ??= build({
    entryPoints: [fileURLToPath(new URL("writer.ts", import.meta.url))],
    ...{ write: false, bundle: true, format: "esm", platform: "node", logLevel: "error", banner: { js: banner } },
    external: ["@duckdb/node-api"],
  }).then(({ outputFiles }) => (outputFiles[0] as { contents: Uint8Array }).contents);
  const file = join(folder, "writer.mjs");
  await writeFile(file, await bundle);
  return file;
}
