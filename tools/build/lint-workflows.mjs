// Lints every workflow, Action and template with the two tools that know GitHub's rules, both from PATH: zizmor on the
// sources (it asks for the `$/` syntax), actionlint on copies in which `$/x` is written as `slipway/slipway/x@v1`, since 1.7.12
// does not know it. Prints what they find, and fails on anything.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "slipway-lint-"));
let clean = true;
try {
  // What `slipway init --github --bot` writes is linted as a user's repository would have it.
  const caller = join(folder, "caller");
  execFileSync("npx", ["tsx", "tools/build/write-callers.ts", caller], { cwd: root, stdio: "inherit" });
  for (const [name, from] of [
    ["own", root],
    ["callers", caller],
  ])
    tool("actionlint", [], exported(name, from));
  const options = ["--offline", "--no-progress", "--strict-collection", "--quiet"];
  tool("zizmor", [...options, ".github", "actions"], root);
  tool("zizmor", [...options, ".github"], caller);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = clean ? 0 : 1;

/** A repository with the workflows in words that actionlint knows. */
function exported(name, from) {
  const to = join(folder, name);
  cpSync(join(from, ".github"), join(to, ".github"), { recursive: true });
  execFileSync("git", ["init", "-q", to]);
  const workflows = join(to, ".github/workflows");
  for (const file of readdirSync(workflows)) {
    const text = readFileSync(join(workflows, file), "utf8");
    writeFileSync(join(workflows, file), text.replace(/(uses: )\$\/(\S+)/g, "$1slipway/slipway/$2@v1"));
  }
  return to;
}

function tool(name, args, cwd) {
  const { status, error } = spawnSync(name, args, { cwd, stdio: "inherit" });
  if (error) console.error(`${name} cannot be started: ${error.message}`);
  if (status !== 0) clean = false;
}
