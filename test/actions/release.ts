import { cp, mkdir, symlink } from "node:fs/promises";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");
export const ACTIONS = ["plan", "validate", "train", "predict", "score", "store", "deploy"] as const;

/** Our repository as a release has it: workflows, and the Actions with their bundles; with the packages that a bundle has not. */
export async function releaseIn(folder: string): Promise<string> {
  await cp(path.join(ROOT, ".github/workflows"), path.join(folder, ".github/workflows"), { recursive: true });
  for (const name of ACTIONS) {
    const action = path.join(folder, "actions", name);
    await mkdir(action, { recursive: true });
    await cp(path.join(ROOT, "actions", name, "action.yml"), path.join(action, "action.yml"));
  }
  await cp(path.join(ROOT, "dist/actions"), path.join(folder, "actions"), { recursive: true });
  await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}
