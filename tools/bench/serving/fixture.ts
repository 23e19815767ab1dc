import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { timestamp, toSecond } from "../../../core/clock.ts";
import { git } from "../../../core/git/run.ts";
import { publishWithRetry } from "../../../core/registry/commit-act.ts";
import { openRegistry } from "../../../core/registry/open.ts";
import { registrationChange } from "../../../core/registry/records.ts";
import { promote } from "../../../test/registry/builders.ts";
import { installedMlflow } from "../../conformance/real-tools.ts";

const SLIPWAY = fileURLToPath(new URL("../../../dist/slipway.js", import.meta.url));
const PROGRAMS = fileURLToPath(new URL("model", import.meta.url));
export const COLUMNS = ["a", "b", "c", "d"];

export interface ServedFixture {
  folder: string;
  /** The Python that the model's programs run with: MLflow's own, so that all load the same bytes by the same code. */
  python: string;
  /** The folder with the model's file, as version 1 has it. */
  model: string;
  slipway(...words: string[]): Promise<string>;
}

/** A repository with two versions of `linear`, the first in production, whose requests are logged. */
export async function buildServedModels(folder: string): Promise<ServedFixture> {
  const python = await installedMlflow();
  const slipway = async (...words: string[]) =>
    (await execa(process.execPath, [SLIPWAY, "-C", folder, ...words], { env: IDENTITY })).stdout;
  await mkdir(folder, { recursive: true });
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  await writeFile(
    join(folder, "slipway.yaml"),
    `slipway: 1\nmonitor: { requests: { store: file:.slipway/requests-log } }\n`,
  );
  await writeFile(join(folder, ".gitignore"), ".slipway/\n");
  await writeModel(folder, "linear", python, 1);
  await commit(folder);
  await slipway("register", "linear");
  await slipway("promote", "linear@1", "production");
  await writeModel(folder, "linear", python, 0.5);
  await commit(folder);
  await slipway("register", "linear");
  const model = join(folder, "..", "model-1");
  await slipway("pull", "linear@1", "--to", model);
  return { folder, python, model, slipway };
}

/**
 * Puts so many models into production that have version 1 of `linear` each under a name of their own: its manifest, its artifact,
 * its spec. Their records are written as an act writes them.
 */
export async function addModels({ folder, python }: ServedFixture, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, at) => `linear-${at + 1}`);
  for (const name of names) await writeModel(folder, name, python, 1);
  await commit(folder);
  const source = (await git(folder, ["rev-parse", "HEAD"])).toString().trim();
  const registry = await openRegistry({ folder });
  try {
    const { manifest: like } = (await (await registry.snapshot()).manifest("linear", 1)) ?? {};
    if (like === undefined) throw new Error("linear has no version 1");
    for (const name of names) {
      const spec = like.source.spec.replace("linear", name);
      const now = timestamp(new Date());
      const manifest = { ...like, model: name, source: { ...like.source, commit: source, spec }, registered_at: now };
      await publishWithRetry(registry, async () =>
        registrationChange({ manifest: { ...manifest, tagged_at: toSecond(now) }, record: undefined }),
      );
      await promote(registry, 1, { model: name, decided_at: timestamp(new Date()) });
    }
  } finally {
    await registry.close();
  }
}

const IDENTITY = {
  GIT_AUTHOR_NAME: "bench",
  GIT_AUTHOR_EMAIL: "bench@example.com",
  GIT_COMMITTER_NAME: "bench",
  GIT_COMMITTER_EMAIL: "bench@example.com",
};

async function writeModel(folder: string, name: string, python: string, c: number): Promise<void> {
  const at = join(folder, "models", name);
  await mkdir(at, { recursive: true });
  for (const file of await readdir(PROGRAMS)) await cp(join(PROGRAMS, file), join(at, file));
  await writeFile(join(at, "train.csv"), rows(200, 0));
  await writeFile(join(at, "test.csv"), rows(50, 1));
  const columns = COLUMNS.map((column) => `${column}: { type: double }`).join(", ");
  const spec = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: kind, columns: { ${columns} } }
train: { run: ${python} train.py, params: { c: ${c} } }
predict: { run: ${python} predict.py }
serve: { run: ${python} serve.py }
metrics: { accuracy: { metric: accuracy_score } }
`;
  await writeFile(join(at, "model.yaml"), spec);
}

function rows(count: number, seed: number): string {
  const lines = Array.from({ length: count }, (_, at) => {
    const values = COLUMNS.map((_, column) => (((at + seed / 2) * (column + 3) * 7_919) % 1_000) / 100);
    return [...values, (values[0] as number) > 5 ? "high" : "low"].join(",");
  });
  return `${[...COLUMNS, "kind"].join(",")}\n${lines.join("\n")}\n`;
}

async function commit(folder: string): Promise<void> {
  await git(folder, ["add", "."]);
  await execa("git", ["-C", folder, "commit", "--quiet", "--message=models"], { env: IDENTITY });
}
