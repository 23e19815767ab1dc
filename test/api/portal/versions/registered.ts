import type { Visitor } from "../../../../api/portal/request/host.ts";
import type { Ports } from "../../../../core/acts/ports.ts";
import { canonicalJson, sha256 } from "../../../../core/canonical.ts";
import { publishWithRetry } from "../../../../core/registry/commit-act.ts";
import { registrationChange } from "../../../../core/registry/records.ts";
import type { Decision } from "../../../../schemas/decision.ts";
import type { GateResult } from "../../../../schemas/gate.ts";
import type { Artifact, Manifest } from "../../../../schemas/manifest.ts";
import { commitId, manifest, promote, WRITTEN } from "../../../registry/builders.ts";
import { type TestPortal, testPortal } from "../server.ts";

type Versions = readonly Partial<Manifest>[];

/** What a test's registry holds, besides two versions of `penguins`. */
interface About {
  /** Of each version in turn, what is other than usual; as a function, from what it puts into the store. */
  versions?: Versions | ((ports: Ports) => Promise<Versions>);
  promoted?: Partial<Decision> & { version: number };
  visitor?: Partial<Visitor>;
}

/** A portal on a repository where versions of `penguins` are registered. */
export async function registered({ versions = [{}, {}], promoted, visitor = {} }: About = {}): Promise<TestPortal> {
  const portal = await testPortal({}, { visitor });
  const { registry } = portal.ports;
  const made = typeof versions === "function" ? await versions(portal.ports) : versions;
  for (const [at, about] of made.entries()) {
    const version = at + 1;
    await publishWithRetry(registry, async (snapshot) => {
      const record = await snapshot.model("penguins");
      const usual = manifest({ version, registered_at: WRITTEN });
      const source = { ...usual.source, commit: commitId(version) };
      return registrationChange({ manifest: { ...usual, source, ...about }, record });
    });
  }
  if (promoted !== undefined) await promote(registry, promoted.version, promoted);
  return portal;
}

/** An artifact of these files, wherever they are. */
export function artifactOf(files: Artifact["files"]): Artifact {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return { uri: "file:store/a", sha256: sha256(canonicalJson(files)), size, files };
}

export function gate(verdict: GateResult["verdict"], metric = "accuracy"): GateResult {
  return {
    gate: { metric, "at-least": 0.9 },
    ...{ origin: "spec", verdict, expected: "at least 0.9", found: "0.97", value: 0.97, rows: 69 },
  };
}

/** Where the registry stands: whatever is written there, the ledger too, moves it. */
export async function tipOf(ports: Ports): Promise<string | undefined> {
  return (await ports.registry.snapshot()).commit;
}
