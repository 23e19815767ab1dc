import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Ports } from "../../core/acts/ports.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { openObjects } from "../../core/git/objects.ts";
import { signingWith } from "../../core/git/sign.ts";
import { readSigningKey } from "../../core/git/ssh/private-key.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import type { ActSource } from "../../schemas/act-source.ts";
import type { KeyPair } from "../git/ssh/keys.ts";
import { makeRepository } from "../helpers/repository.ts";
import { storeArtifact } from "../registry/builders.ts";
import { bareRepository, gitIn, temporaryFolder } from "../registry/repositories.ts";

export const PERSONS = {
  ada: { name: "ada", id: "ada" },
  grace: { name: "grace", id: "grace" },
  alan: { name: "alan", id: "alan" },
};

export const SPEC = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics: { accuracy: { metric: accuracy_score } }
`;

export const policyYaml = (approvals: number, gates = "{ metric: accuracy, at-least: 0.8 }") => `slipway: 1
metrics: { accuracy: { metric: accuracy_score } }
gates: { production: [${gates}] }
approvals: { production: ${approvals} }
`;

/** A repository of models as a forge has it, and as many servers as a test wants, each with a mirror of its own. */
export async function forge(files: Record<string, string> = {}) {
  const work = await makeRepository({
    "slipway.yaml": policyYaml(1),
    "models/penguins/model.yaml": SPEC,
    ...files,
  });
  onTestFinished(() => work.end());
  const origin = await bareRepository();
  await gitIn(work.folder, "remote", "add", "origin", origin);
  const store = await temporaryFolder();
  const kept = openFolderStore(join(store, "store"), `file:${join(store, "store")}`);
  await storeArtifact(kept);
  const merge = async (changed: Record<string, string> = {}): Promise<string> => {
    await work.write(changed);
    const commit = await work.commit();
    await gitIn(work.folder, "push", "--quiet", "origin", "main");
    return commit;
  };
  await merge();
  return {
    origin,
    /** A commit on the default branch. */
    merge,
    async host(about: Partial<Ports> = {}): Promise<Ports> {
      const folder = await bareRepository();
      await gitIn(folder, "config", "remote.origin.url", origin);
      const objects = await openObjects(folder);
      onTestFinished(() => objects.close());
      return {
        ...{ name: "app", identifiesUsers: true, runsUserCode: false, remote: "origin", objects },
        workspace: await openWorkspace(folder),
        registry: await registryOn(objects, "origin", undefined),
        store: kept,
        clock: () => new Date("2026-03-01T09:00:00Z"),
        ...about,
      };
    },
  };
}

/** A host whose registry signs with the key, as the policy of the default branch asks it to. */
export async function signingHost(
  repository: Awaited<ReturnType<typeof forge>>,
  key: KeyPair | undefined,
  about: Partial<Ports> = {},
): Promise<Ports> {
  const ports = await repository.host(about);
  const { objects, remote } = ports;
  const own = key && readSigningKey(key.secret);
  const signing = {
    key: async () => (own ? signingWith(own) : { sign: undefined, always: false }),
    signers: signersOf({ objects, remote }),
  };
  return { ...ports, registry: await registryOn(objects, remote, signing) };
}

let comments = 0;

/** A comment of its own. */
export function comment(about: Partial<ActSource> = {}): ActSource {
  comments += 1;
  return { kind: "comment", repository: "acme/models", issue: 7, id: String(comments), place: 0, ...about };
}
