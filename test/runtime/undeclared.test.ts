import { expect, it } from "vitest";
import { type Declared, undeclaredHint } from "../../core/runtime/undeclared.ts";

const declared: Declared = {
  repository: [
    "lib/shared.mjs",
    "lib/features/core.py",
    "models/m/train.py",
    "models/m/data/train.csv",
    "tools/prep.sh",
  ],
  exported: new Set(["models/m/train.py"]),
  folder: "models/m",
  code: ["."],
  tree: "/tmp/run/tree",
};

it.each([
  [
    "Node, absolute",
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/tmp/run/tree/lib/shared.mjs' imported from /tmp/run/tree/x",
  ],
  ["Node, relative", "Error: Cannot find module '../../lib/shared'"],
  ["Node, open", "Error: ENOENT: no such file or directory, open '/tmp/run/tree/lib/shared.mjs'"],
  ["Python, open", "FileNotFoundError: [Errno 2] No such file or directory: '../../lib/shared.mjs'"],
  ["a shell", "cat: ../../lib/shared.mjs: No such file or directory"],
  ["dash", "sh: 1: cannot open ../../lib/shared.mjs: No such file"],
  ["R", "cannot open file '../../lib/shared.mjs': No such file or directory"],
])("finds the undeclared file in a message of %s", (_, line) => {
  expect(undeclaredHint([line], declared)).toContain("add ../../lib/shared.mjs (or its folder) to `code:`");
});

it("finds a Python module by its dotted name", () => {
  const line = "ModuleNotFoundError: No module named 'features.core'";
  expect(undeclaredHint([line], declared)).toContain("add ../../lib/features/core.py");
});

it("sends a reader of data to the variables that name it", () => {
  const line = "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'";
  expect(undeclaredHint([line], declared)).toContain("SLIPWAY_TRAIN_DATA");
});

it("asks setup to install a module that the repository does not have", () => {
  expect(undeclaredHint(["ModuleNotFoundError: No module named 'numpy'"], declared)).toContain("environment.setup");
  const node = "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'ml-cart' imported from /tmp/run/tree/models/m/x.mjs";
  expect(undeclaredHint([node], declared)).toMatch(/^ml-cart is not installed/);
});

it("says nothing of a file that is nowhere, nor of what is declared", () => {
  expect(undeclaredHint(["cat: nowhere.txt: No such file or directory"], declared)).toBeUndefined();
  expect(undeclaredHint(["cat: train.py: No such file or directory"], declared)).toBeUndefined();
  expect(undeclaredHint(["ValueError: 'lib/shared.mjs' is odd"], declared)).toBeUndefined();
});
