// What a user gets: packs Slipway, installs the tarball into an empty folder with npm, and uses it there.
// Needs the npm registry and about 250 MB of disk; .ci/run runs it, and `npm test` has the quick variant.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "slipway-packed-"));
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 600_000 });

try {
  run(process.execPath, ["scripts/build.mjs"], root);
  const tarball = run("npm", ["pack", "--silent", "--pack-destination", folder], root).trim();
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", path.join(folder, tarball)], folder);
  const slipway = path.join(folder, "node_modules", ".bin", "slipway");
  process.stdout.write(`slipway ${run(slipway, ["--version"], folder)}`);
  const identity = ["Ada Lovelace", "ada@example.org"];
  for (const who of ["AUTHOR", "COMMITTER"])
    [process.env[`GIT_${who}_NAME`], process.env[`GIT_${who}_EMAIL`]] = identity;
  process.stdout.write(run(slipway, ["init", "repo"], folder));
  if (!existsSync(path.join(folder, "repo/models/penguins/package-lock.json")))
    throw new Error("the packed template lacks files");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
