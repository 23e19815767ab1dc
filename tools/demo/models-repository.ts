import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";

const BUNDLE = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));

/**
 * The files of a models repository as its owner makes it: `slipway init --github`, and a policy that keeps artifacts in
 * `store`, a log of requests beside it, and asks for one approval and two rights of three before Production. `slipway` is what Node starts: default, the bundle.
 */
export function modelsRepository(folder: string, store: string, slipway = [BUNDLE]): Record<string, Buffer> {
  const identity = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.org" };
  const committer = { GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.org" };
  const env = { ...process.env, ...identity, ...committer };
  execFileSync(process.execPath, [...slipway, "init", folder, "--github", "--quiet"], { env, stdio: "pipe" });
  const files = Object.fromEntries(listFiles(folder).map((path) => [path, readFileSync(join(folder, path))]));
  const policy = parseDocument(files["slipway.yaml"]?.toString() ?? "");
  policy.setIn(["artifacts", "store"], `file:${store}`);
  policy.setIn(["monitor", "requests", "store"], `file:${store}-requests`);
  policy.setIn(["approvals", "production"], 1);
  // The rain, which comes later, is harder to tell than a penguin, whose own spec asks for more.
  policy.setIn(["gates", "production", 0, "at-least"], 0.65);
  return { ...files, "slipway.yaml": Buffer.from(policy.toString()) };
}

function listFiles(folder: string, prefix = ""): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return entry.name === ".git" ? [] : listFiles(folder, `${path}/`);
    return [path];
  });
}
