import type { Visitor } from "../../../../api/portal/request/host.ts";
import type { Ports } from "../../../../core/acts/ports.ts";
import { publishWithRetry } from "../../../../core/registry/commit-act.ts";
import { registrationChange } from "../../../../core/registry/records.ts";
import type { Decision } from "../../../../schemas/decision.ts";
import type { GateResult } from "../../../../schemas/gate.ts";
import type { Manifest } from "../../../../schemas/manifest.ts";
import { commitId, manifest, promote, WRITTEN } from "../../../registry/builders.ts";
import { type TestPortal, testPortal } from "../server.ts";

/** What a test's registry holds, besides two versions of `penguins`. */
interface About {
  /** Of each version in turn, what is other than usual. */
  versions?: readonly Partial<Manifest>[];
  promoted?: Partial<Decision> & { version: number };
  visitor?: Partial<Visitor>;
}

/** A portal on a repository where versions of `penguins` are registered. */
export async function registered({ versions = [{}, {}], promoted, visitor = {} }: About = {}): Promise<TestPortal> {
  const portal = await testPortal({}, { visitor });
  for (const [at, about] of versions.entries()) {
    const version = at + 1;
    await publishWithRetry(portal.ports.registry, async (snapshot) => {
      const record = await snapshot.model("penguins");
      const made = manifest({ version, registered_at: WRITTEN, ...about });
      return registrationChange({
        manifest: { ...made, source: { ...made.source, commit: commitId(version) } },
        record,
      });
    });
  }
  if (promoted !== undefined) await promote(portal.ports.registry, promoted.version, promoted);
  return portal;
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
