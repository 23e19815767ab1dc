import { describe, expect, it } from "vitest";
import { lookAtSetup } from "../../core/plan/look-at-setup.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { memoryTree } from "../helpers/memory-tree.ts";

/** The hints of what is told about a setup command and its lock. */
async function told(setup: string, lock: string[], files: Record<string, string>) {
  const tree = memoryTree({ "models/a/train.py": "", ...files });
  const spec: ModelSpec = {
    ...{ slipway: 1, task: "custom", data: {}, predict: { run: "true" }, metrics: {} },
    environment: { setup, lock },
  };
  const model = { folder: "models/a", path: "models/a/model.yaml", spec, position: () => ({ line: 7, column: 3 }) };
  const problems = await lookAtSetup(model, tree);
  for (const problem of problems) expect(problem).toMatchObject({ file: "models/a/model.yaml", line: 7, column: 3 });
  return problems.map(({ hint }) => hint?.replace(/^add | to environment\.lock$/g, ""));
}

const PACKAGE = { "models/a/package.json": "{}", "models/a/package-lock.json": "{}" };

describe("check says what setup names and the lock does not:", () => {
  it.each<[string, string, string[], Record<string, string>, string[]]>([
    ["a script", "bash setup.sh --fast", [], { "models/a/setup.sh": "" }, ["setup.sh"]],
    ["a script that is run by its path", "./bin/setup", [], { "models/a/bin/setup": "" }, ["bin/setup"]],
    [
      "a script in a folder that it goes to",
      "cd ../.. && sh tools/x.sh",
      [],
      { "tools/x.sh": "" },
      ["../../tools/x.sh"],
    ],
    ["requirements", "pip install -r requirements.txt", [], { "models/a/requirements.txt": "" }, ["requirements.txt"]],
    ["requirements behind =", "pip install --requirement=r.txt", [], { "models/a/r.txt": "" }, ["r.txt"]],
    ["what npm reads", "npm ci --no-audit", ["package-lock.json"], PACKAGE, ["package.json"]],
    [
      "what npm reads above",
      "cd ../.. ; npm ci",
      [],
      { "package.json": "{}", "package-lock.json": "{}" },
      ["../../package.json", "../../package-lock.json"],
    ],
    [
      "what uv reads",
      "uv sync --frozen",
      ["uv.lock"],
      { "models/a/uv.lock": "", "models/a/pyproject.toml": "" },
      ["pyproject.toml"],
    ],
    [
      "further requirements",
      "pip install -r requirements.txt",
      ["requirements.txt"],
      { "models/a/requirements.txt": "numpy\n-r base.txt\n", "models/a/base.txt": "" },
      ["base.txt"],
    ],
    [
      "a package of the model's own",
      "pip install -e .",
      ["pyproject.toml"],
      { "models/a/pyproject.toml": "", "models/a/src/x.py": "" },
      ["."],
    ],
    [
      "a package beside",
      "pip install -r requirements.txt",
      ["requirements.txt"],
      { "models/a/requirements.txt": "-e ../../lib\n", "lib/x.py": "" },
      ["../../lib"],
    ],
    [
      "a package by a file: address",
      "npm ci",
      ["package.json", "package-lock.json"],
      {
        ...PACKAGE,
        "models/a/package.json": '{"dependencies":{"x":"file:../../x"}}',
        "x/package.json": "{}",
        "x/index.js": "",
      },
      ["../../x"],
    ],
    [
      "workspaces",
      "npm ci",
      ["package.json", "package-lock.json"],
      {
        ...PACKAGE,
        "models/a/package.json": '{"workspaces":["packages/*"]}',
        "models/a/packages/b/package.json": "{}",
      },
      ["packages/b/package.json"],
    ],
  ])("%s", async (_, setup, lock, files, expected) => {
    expect(await told(setup, lock, files)).toEqual(expected);
  });

  it.each<[string, string, string[], Record<string, string>]>([
    ["where all is named", "npm ci --no-fund", ["package.json", "package-lock.json"], PACKAGE],
    ["where a folder is named", "pip install -e .", ["."], { "models/a/pyproject.toml": "", "models/a/src/x.py": "" }],
    ["of packages of a registry", "python3 -m venv .venv && .venv/bin/pip install numpy==2.1 'x[y]'", [], {}],
    ["of what is no file here", "pip install -r https://example.org/r.txt; cat /etc/hosts", [], {}],
  ])("nothing %s", async (_, setup, lock, files) => {
    expect(await told(setup, lock, files)).toEqual([]);
  });
});
