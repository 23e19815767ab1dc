import { cp } from "node:fs/promises";
import { join } from "node:path";
import { verifyDeploy } from "../../core/acts/verify-deploy.ts";
import { verifyMonitoring } from "../../core/acts/verify-monitoring.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { makeBaseRegistry } from "./base-registry.ts";
import { Broken, type Kind } from "./kind.ts";
import { flipBit, remove } from "./mutate-files.ts";
import { commitOnTop, editedRecord, gitText, recordPaths } from "./mutate-records.ts";
import type { Random } from "./random.ts";
import { unpack } from "./unpack.ts";
import { LOOKED, recordBirds } from "./watch-windows.ts";

type Branch = "monitoring" | "deploy";

export const branches: Kind = {
  name: "branches",
  does: "the branches monitoring and deploy are changed by hand: verify names each change",
  share: 15,
  async prepare(folder) {
    const base = join(folder, "base.git");
    await makeBaseRegistry(base);
    const objects = await openObjects(base);
    const ports = { objects, remote: undefined, clock: () => new Date("2026-03-01T09:00:00Z") };
    for (let look = 0; look < 3; look += 1) await recordBirds(ports, look * LOOKED);
    await objects.close();
    await git(base, ["gc", "--quiet", "--prune=now"]);
    await unpack(base);
    for (const branch of ["monitoring", "deploy"] as const) {
      const found = await findings(base, branch);
      if (found.length > 0) throw new Error(`the good branch ${branch} is not: ${found[0]}`);
    }
    return {
      async trial(random, own) {
        const copy = join(own, "copy.git");
        await cp(base, copy, { recursive: true });
        const branch = random.pick<Branch>(["monitoring", "monitoring", "deploy"]);
        const what = await change(copy, branch, random);
        if (what === undefined) return "nothing to change";
        const found = await findings(copy, branch);
        if (found.length === 0) throw new Broken(`${branch}: ${what}: verify says that it is clean`);
        return `${branch}: found`;
      },
    };
  },
};

/** Something done to the branch; resolves to what it was, or to undefined if chance changed nothing. */
async function change(folder: string, branch: Branch, random: Random): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const on = { branch: ref, amends: random.chance(0.5) };
  const path = random.pick(await recordPaths(folder, ref));
  const content = (await git(folder, ["cat-file", "blob", `${ref}:${path}`])).toString();
  const how = random.pick(["edit", "edit", "remove", "add", "link", ...(branch === "monitoring" ? ["damage"] : [])]);
  if (how === "damage") {
    const listed = await gitText(folder, "ls-tree", "-r", "-t", "--format=%(objectname)", ref);
    const id = random.pick([...listed.split("\n"), await gitText(folder, "rev-parse", ref)]);
    const file = join(folder, "objects", id.slice(0, 2), id.slice(2));
    return random.chance(0.5) ? remove(file) : flipBit(file, random);
  }
  const edited = path.endsWith(".json") ? editedRecord(content, random)?.text : `${content}\nmore: true\n`;
  if (how === "edit" && edited === undefined) return undefined;
  const edits = new Map<string, { mode?: string; content: string } | undefined>([
    how === "edit"
      ? [path, { content: edited ?? "" }]
      : how === "remove"
        ? [path, undefined]
        : how === "add"
          ? [path.replace(/[^/]+$/, `x$&`), { content }]
          : [path, { mode: "120000", content }],
  ]);
  await commitOnTop(folder, edits, on);
  return `${how} ${path}, ${on.amends ? "in the newest commit's place" : "on top"}`;
}

/** What verify finds; a branch that cannot be read is a finding. */
async function findings(folder: string, branch: Branch): Promise<string[]> {
  const objects = await openObjects(folder);
  try {
    const registry = await registryOn(objects, undefined, undefined);
    const ports = { objects, registry, workspace: await openWorkspace(folder), remote: undefined };
    const found = branch === "deploy" ? await verifyDeploy(ports, false) : await verifyMonitoring(ports, false);
    for (const { code, hint } of found) if (hint.length < 10) throw new Broken(`${code} does not say what to do`);
    return found.map(({ message }) => message);
  } catch (error) {
    if (error instanceof SlipwayError) return [error.message];
    throw error;
  } finally {
    await objects.close();
  }
}
