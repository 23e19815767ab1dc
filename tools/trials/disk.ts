import { execFile } from "node:child_process";
import { chmod, chown, cp, mkdir, readdir } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { buildWriter, makeBaseRegistry } from "./base-registry.ts";
import { Broken, type Kind } from "./kind.ts";
import { openHarness } from "./shim.ts";
import { countActs, refuseLostActs, saidBy } from "./state-of.ts";
import type { Act } from "./writer.ts";

const run = promisify(execFile);
const NOBODY = 65_534;

/** A disk that is full from some call on, or may only be read, and a clock that is behind. */
export const disk: Kind = {
  name: "disk",
  does: "the disk is full from some call on, or may only be read; or the clock is behind: refused in words, nothing half, and later it goes on",
  share: 10,
  async prepare(folder) {
    const [base, writer] = [join(folder, "base.git"), await buildWriter(folder)];
    await makeBaseRegistry(base);
    const harness = await openHarness(folder);
    const root = process.getuid?.() === 0;
    return {
      how: `${harness.exact ? "ENOSPC injected" : "no C compiler: no full disk"}; read-only ${root ? "as nobody" : "by its mode"}`,
      async trial(random, own) {
        const registry = join(own, "registry.git");
        await cp(base, registry, { recursive: true });
        const acts: Act[] = [
          { do: "register", model: "penguins", source: random.hex(40) },
          { do: "promote", version: 3, id: `p${random.hex(6)}` },
        ];
        const orders = (seconds = 0) => [process.execPath, writer, JSON.stringify({ folder: registry, acts, seconds })];
        const what = random.pick(harness.exact ? ["full", "read-only", "clock"] : ["read-only", "clock"]);
        let first = { stdout: "", stderr: "" };
        if (what === "full")
          first = await harness.run(orders(), own, { at: 1 + random.int(45), errno: constants.errno.ENOSPC });
        else if (what === "read-only") first = await readOnly(registry, orders(), root);
        const behind = random.pick([0, 60, 299, 302, 3_600, 86_400 * (1 + random.int(1_000))]);
        if (what === "clock") first = await harness.run(orders(-behind), own, { at: 0 });
        if (/ at .*\.mjs:\d+/.test(first.stderr)) throw new Broken(`${what}: a bug in place of words: ${first.stderr}`);
        const { acknowledged, refused } = saidBy(first.stdout);
        refuseLostActs(acts, (await countActs(registry, acts)).times, acknowledged);
        if (what === "clock") {
          // A few minutes are nothing; more, and the registry's newest commit is from the future.
          const ahead = refused.filter(({ code }) => code === "REGISTRY_FROM_FUTURE").length;
          const expected = behind <= 300 ? acknowledged.length === 2 : ahead === 2;
          if (!expected) throw new Broken(`the clock, ${behind} seconds behind: ${first.stdout}`);
        }
        if (what === "read-only" && (acknowledged.length > 0 || refused.length === 0))
          throw new Broken(`read-only: ${first.stdout} ${first.stderr}`);
        const second = await harness.run(orders(), own, { at: 0 });
        const again = saidBy(second.stdout);
        if (again.acknowledged.length !== 2) throw new Broken(`${what}, again: ${second.stdout} ${second.stderr}`);
        refuseLostActs(acts, (await countActs(registry, acts)).times, again.acknowledged);
        const left = (await verifyRegistry({ folder: registry })).findings;
        if (left.length > 0) throw new Broken(`${what}: ${left.map(({ message }) => message).join("; ")}`);
        return `${what}: ${[...new Set(refused.map(({ code }) => code))].join(" ") || "acknowledged"}`;
      },
    };
  },
};

/** Root writes whatever the modes say: then the writer is nobody, to whom the files belong that it may not write. */
async function readOnly(folder: string, program: readonly string[], root: boolean) {
  const paths = [folder, ...(await readdir(folder, { recursive: true })).map((name) => join(folder, name))];
  const modes = async (write: boolean) => {
    for (const path of paths) await chmod(path, write ? 0o755 : 0o555);
  };
  if (root) for (const path of paths) await chown(path, NOBODY, NOBODY);
  await modes(false);
  const home = join(folder, "..", "home");
  await mkdir(home, { mode: 0o777 });
  const [command = "", ...args] = program;
  const env = { ...process.env, HOME: home, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const ended = await run(command, args, { env, ...(root ? { uid: NOBODY, gid: NOBODY } : {}) }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ stdout, stderr }),
  );
  await modes(true);
  if (root) for (const path of paths) await chown(path, 0, 0);
  return ended;
}
