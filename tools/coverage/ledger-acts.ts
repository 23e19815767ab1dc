import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerModel } from "../../core/acts/register.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { makeStateFolder } from "../../core/git/state-folder.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { differencesOn } from "./difference.ts";
import { type Author, type Meeting, tryModels } from "./family.ts";
import { type RandomNumbers, randomNumbers } from "./random-numbers.ts";

const POLICY = `slipway: 1
metrics: { accuracy: { metric: accuracy_score } }
gates:
  production:
    - { metric: accuracy, versus: production, min-improvement: 0, confidence: 0.95 }
`;

const SPEC = `slipway: 1
task: custom
data: { test: test.csv, label: label, id: row }
predict: { run: cp predictions.csv "$SLIPWAY_PREDICTIONS" }
metrics: { accuracy: { metric: accuracy_score } }
`;

const AUTHOR: Author = { climbs: false, looks: "none", shown: (accuracy) => accuracy };

/** What the acts said of the families, and what the simulation says of the same ones. */
export interface Agreement {
  families: number;
  tries: number;
  /** Families in which a candidate was promoted. */
  fooled: number;
  /** Decisions, and those that came out otherwise than the simulation says. */
  decisions: number;
  different: number;
}

/**
 * The simulation's families once more, through registerModel and promoteVersion on a repository of their own: one model and one
 * test set of n rows a family, `tries` candidates each. `promotes` is the rule that the simulation follows.
 */
export async function throughActs(
  options: { families: number; tries: number; n: number; seed: number },
  promotes: (meeting: Meeting, at: number, isBetter: ReturnType<typeof differencesOn>) => boolean,
): Promise<Agreement> {
  const { families, tries, n, seed } = options;
  const isBetter = differencesOn(n);
  const found: Agreement = { families, tries, fooled: 0, decisions: 0, different: 0 };
  const repository = await openRepository();
  try {
    for (let family = 0; family < families; family++) {
      const random = randomNumbers(seed * 1_000 + family);
      const asked: { meeting: Meeting; right: Uint8Array }[] = [];
      const { live, promoted } = tryModels(random, { n, tries }, AUTHOR, (meeting, at, right) => {
        asked.push({ meeting, right });
        return promotes(meeting, at, isBetter);
      });
      found.fooled += Number(promoted);
      const model = `family-${family}`;
      await repository.start(model, n, random);
      if ((await repository.attempt(model, live)) !== "promoted") throw new Error(`${model} has nothing live`);
      for (const [at, { meeting, right }] of asked.entries()) {
        const expected = promotes(meeting, at, isBetter) ? "promoted" : "refused";
        found.decisions += 1;
        found.different += Number((await repository.attempt(model, right)) !== expected);
      }
    }
    return found;
  } finally {
    await repository.end();
  }
}

async function openRepository() {
  const parent = await mkdtemp(join(tmpdir(), "slipway-coverage-"));
  const folder = join(parent, "models");
  await mkdir(folder);
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  const commit = async () => {
    await git(folder, ["add", "--all"]);
    const who = ["-c", "user.name=Slipway", "-c", "user.email=coverage@slipway.invalid"];
    await git(folder, [...who, "commit", "--quiet", "--allow-empty", "--message", "A candidate"]);
  };
  await write("slipway.yaml", POLICY);
  await write(".gitignore", ".slipway/\n");
  await commit();
  const workspace = await openWorkspace(folder);
  const objects = await openObjects(folder);
  await makeStateFolder(workspace);
  const ports: Ports = {
    ...{ name: "cli", identifiesUsers: false, runsUserCode: true, remote: undefined, workspace, objects },
    registry: await registryOn(objects, undefined, undefined),
    store: openFolderStore(join(folder, ".slipway/store"), "file:.slipway/store"),
    clock: () => new Date(),
  };
  const requestedBy = { name: "coverage", id: "coverage" };
  const labels = (row: number) => row % 2;
  return {
    /** A model's spec and test set: rows that no other model has. */
    async start(model: string, n: number, random: RandomNumbers) {
      const rows = Array.from({ length: n }, (_none, row) => `${row},${random.normal()},${labels(row)}`);
      await write(`models/${model}/model.yaml`, SPEC);
      await write(`models/${model}/test.csv`, `row,x,label\n${rows.join("\n")}\n`);
    },
    /** Registers a candidate that is right on these rows, and asks for it in Production. */
    async attempt(model: string, right: Uint8Array): Promise<string> {
      const rows = Array.from(right, (hit, row) => `${row},${hit === 1 ? labels(row) : 1 - labels(row)}`);
      await write(`models/${model}/predictions.csv`, `slipway_id,prediction\n${rows.join("\n")}\n`);
      await commit();
      const registered = await registerModel(ports, { model, requestedBy });
      if (registered.outcome !== "registered") throw new Error(`${model} is ${registered.outcome}`);
      const { version } = registered.manifest;
      return (await promoteVersion(ports, { model, version, stage: "production", requestedBy })).outcome;
    },
    async end() {
      await objects.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
