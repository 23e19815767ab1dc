import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";

/** Where an import stands, and what it names. */
const REFUSED = [
  ["schemas/a.ts", "../core/errors.ts"],
  ["schemas/b.ts", "node:fs"],
  ["schemas/c.ts", "yaml"],
  ["core/a.ts", "./git/run.ts"],
  ["core/b.ts", "../cli/main.ts"],
  ["core/spec/a.ts", "node:fs/promises"],
  ["core/spec/b.ts", "../source/worktree.ts"],
  ["core/spec/c.ts", "../registry/open.ts"],
  ["core/plan/a.ts", "../acts/run.ts"],
  ["core/plan/b.ts", "../git/run.ts"],
  ["core/plan/c.ts", "../runtime/runtime.ts"],
  ["core/metrics/a.ts", "execa"],
  ["core/metrics/b.ts", "@duckdb/node-api"],
  ["core/gates/a.ts", "node:fs"],
  ["core/gates/b.ts", "../../cli/main.ts"],
  ["core/gates/c.ts", "../file-lock.ts"],
  ["core/report/a.ts", "node:child_process"],
  ["core/report/charts/a.ts", "../../git/run.ts"],
  ["core/promotion/a.ts", "../registry/records.ts"],
  ["core/drift/a.ts", "node:fs"],
  ["core/git/a.ts", "../registry/open.ts"],
  ["core/git/b.ts", "../spec/paths.ts"],
  ["core/source/a.ts", "../runtime/runtime.ts"],
  ["core/source/b.ts", "../plan/inputs.ts"],
  ["core/data/a.ts", "../acts/run.ts"],
  ["core/data/b.ts", "../runtime/process.ts"],
  ["core/stores/a.ts", "../data/rows.ts"],
  ["core/runtime/a.ts", "../registry/open.ts"],
  ["core/runtime/b.ts", "../stages/bundle.ts"],
  ["core/executors/a.ts", "../stages/bundle.ts"],
  ["core/tracking/a.ts", "../runtime/curves.ts"],
  ["core/tracking/b.ts", "../../cli/main.ts"],
  ["core/stages/a.ts", "../acts/run.ts"],
  ["core/stages/b.ts", "../../test/helpers/repository.ts"],
  ["core/stages/c.ts", "../registry/open.ts"],
  ["core/executors/b.ts", "../acts/run.ts"],
  ["core/registry/a.ts", "../acts/run.ts"],
  ["core/registry/b.ts", "../runtime/runtime.ts"],
  ["core/registry/c.ts", "../../app/index.ts"],
  ["core/acts/a.ts", "../../cli/main.ts"],
  ["core/acts/c.ts", "../../api/mlflow/http.ts"],
  ["api/mlflow/a.ts", "../../app/routes.ts"],
  ["api/mlflow/b.ts", "../../cli/main.ts"],
  ["core/acts/b.ts", "../../tools/sandbox/start.ts"],
  ["cli/a.ts", "../app/index.ts"],
  ["cli/commands/a.ts", "../../tools/build/generate.ts"],
  ["app/a.ts", "../actions/plan/run.ts"],
  ["app/b.ts", "../cli/main.ts"],
  ["app/pulls/a.ts", "../../tools/sandbox/start.ts"],
  ["actions/plan/a.ts", "../../app/routes.ts"],
  ["actions/bot/a.ts", "../../cli/main.ts"],
  ["tools/sandbox/a.ts", "../../app/routes.ts"],
  ["tools/sandbox/b.ts", "../../core/acts/run.ts"],
  ["tools/sandbox/c.ts", "../demo/demo.ts"],
] as const;

const ALLOWED = [
  ["schemas/y.ts", "zod"],
  ["schemas/z.ts", "./names.ts"],
  ["core/z.ts", "../schemas/names.ts"],
  ["core/y.ts", "./errors.ts"],
  ["core/tracking/z.ts", "../clock.ts"],
  ["core/spec/z.ts", "../source/tree.ts"],
  ["core/spec/y.ts", "yaml"],
  ["core/plan/z.ts", "../spec/paths.ts"],
  ["core/metrics/z.ts", "node:crypto"],
  ["core/promotion/z.ts", "../gates/check-gate.ts"],
  ["core/git/z.ts", "execa"],
  ["core/source/z.ts", "../git/run.ts"],
  ["core/data/z.ts", "../plan/inputs.ts"],
  ["core/registry/z.ts", "../stores/store.ts"],
  ["core/stages/z.ts", "../executors/executor.ts"],
  ["core/stages/y.ts", "../gates/evaluate-gates.ts"],
  ["core/acts/z.ts", "../report/build-report.ts"],
  ["cli/commands/z.ts", "../../core/acts/run.ts"],
  ["app/pulls/z.ts", "../../core/acts/promote.ts"],
  ["actions/bot/z.ts", "../../app/routes.ts"],
  ["actions/plan/z.ts", "../../core/acts/plan.ts"],
  ["api/mlflow/z.ts", "../../core/acts/register.ts"],
  ["tools/sandbox/z.ts", "../../core/git/run.ts"],
] as const;

/** The files in which the linter found an import that its room may not have. */
let refused: Set<string>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "slipway-fences-"));
  try {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const { vcs: _, $schema: __, ...config } = JSON.parse(await readFile(join(root, "biome.json"), "utf8"));
    await writeFile(join(folder, "biome.json"), JSON.stringify(config));
    for (const [file, name] of [...REFUSED, ...ALLOWED]) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `import { x } from "${name}";\n\nexport const y = x;\n`);
    }
    const args = ["lint", "--only=style/noRestrictedImports", "--reporter=github", "--max-diagnostics=none", "."];
    const said = await new Promise<string>((resolve) => {
      execFile(join(root, "node_modules/.bin/biome"), args, { cwd: folder, maxBuffer: 1 << 24 }, (_error, stdout) =>
        resolve(stdout),
      );
    });
    const paths = [...said.matchAll(/noRestrictedImports,file=([^,]+),/g)].map(([, path = ""]) => path);
    refused = new Set(
      [...REFUSED, ...ALLOWED].map(([file]) => file).filter((file) => paths.some((path) => path.endsWith(`/${file}`))),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it.each(REFUSED)("%s may not import %s", (file) => {
  expect([...refused]).toContain(file);
});

it.each(ALLOWED)("%s may import %s", (file) => {
  expect([...refused]).not.toContain(file);
});

/** Hosts that hand versions out; those that only tell of them are named. */
const HANDS_OUT = ["cli", "actions", "api/mlflow"];
const TELLS = ["cli/commands/show.ts"];

it("lets no host read a manifest to hand it out but through the checked read", async () => {
  const files = await Promise.all(
    HANDS_OUT.map(async (folder) =>
      (await readdir(join(fileURLToPath(new URL("../../", import.meta.url)), folder), { recursive: true })).map(
        (name) => `${folder}/${name}`,
      ),
    ),
  );
  const past = await Promise.all(
    files.flat().map(async (file) => {
      if (!file.endsWith(".ts") || TELLS.includes(file)) return [];
      return /\.manifest\(|knownVersion\(/.test(
        await readFile(join(fileURLToPath(new URL("../../", import.meta.url)), file), "utf8"),
      )
        ? [file]
        : [];
    }),
  );
  expect(past.flat()).toEqual([]);
});
