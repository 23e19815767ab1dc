import { execFile } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { readTemplate } from "../../core/new-model/read-template.ts";
import { TEMPLATES } from "../../core/new-model/templates.ts";
import { gitIdentity, PACKAGE_ROOT, temporaryFolder } from "./memory-host.ts";

gitIdentity();

const exec = promisify(execFile);

/** The tarball, unpacked, with this repository's packages in reach. tools/build/packed.ts installs it for real. */
async function unpacked() {
  const folder = await temporaryFolder();
  const packed = await exec("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: PACKAGE_ROOT,
  });
  const [about] = Object.values(JSON.parse(packed.stdout)) as [{ filename: string; files: { path: string }[] }];
  await exec("tar", ["-xzf", path.join(folder, about.filename), "-C", folder]);
  await symlink(path.join(PACKAGE_ROOT, "node_modules"), path.join(folder, "node_modules"));
  return { folder, entry: path.join(folder, "package/dist/slipway.js"), files: about.files.map((file) => file.path) };
}

it("runs from the packed tarball, and starts a repository with every file of the template", async () => {
  const { folder, entry, files } = await unpacked();
  const manifest = JSON.parse(await readFile(path.join(PACKAGE_ROOT, "package.json"), "utf8"));

  const version = await exec(entry, ["--version"], { cwd: folder });
  expect(version.stdout).toBe(`${manifest.version}\n`);
  for (const template of TEMPLATES) {
    const { stdout } = await exec(entry, ["init", template, "--template", template, "--json"], { cwd: folder });
    const source = await readTemplate(PACKAGE_ROOT, template);
    expect(JSON.parse(stdout).result.created).toEqual([...source.files.keys()]);
  }

  const { stdout } = await exec(entry, ["init", "on-github", "--github", "--json"], { cwd: folder });
  expect(JSON.parse(stdout).result.created).toContain(".github/workflows/slipway.yml");

  const elsewhere = files.filter(
    (file) =>
      !/^(dist|docs|examples|schemas\/json|cli\/templates|api\/portal\/assets|core\/new-model\/program)\//.test(file),
  );
  expect(elsewhere.filter((file) => !["package.json", "LICENSE", "README.md", "CHANGELOG.md"].includes(file))).toEqual(
    [],
  );
  expect(files.filter((file) => /^dist\/actions|node_modules|\.venv|__pycache__|\.slipway/.test(file))).toEqual([]);
});
