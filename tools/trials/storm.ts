import { cp } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../../core/git/run.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { buildWriter, makeBaseRegistry } from "./base-registry.ts";
import { Broken, type Kind } from "./kind.ts";
import { openHarness } from "./shim.ts";
import { countActs, refuseLostActs, saidBy } from "./state-of.ts";
import type { Act } from "./writer.ts";

/** Processes, writers in each, and what each writer registers, one after another. */
const SIZES = { short: [3, 4, 3], long: [10, 10, 20] } as const;

export const storm: Kind = {
  name: "storm",
  does: "many writers in several processes, each with a clone of its own, register at once on one remote: no gap, no double, all tags",
  share: 0,
  async prepare(folder, { long }) {
    const [base, writer] = [join(folder, "base.git"), await buildWriter(folder)];
    await makeBaseRegistry(base);
    const harness = await openHarness(folder);
    const [processes, writers, writes] = long ? SIZES.long : SIZES.short;
    const all = processes * writers * writes;
    return {
      how: `${processes} processes × ${writers} writers × ${writes} writes`,
      async trial(random, own) {
        const remote = join(own, "registry.git");
        await cp(base, remote, { recursive: true });
        const began = performance.now();
        const acts: Act[] = [];
        const runs = await Promise.all(
          Array.from({ length: processes }, async (_, at) => {
            const clone = join(own, `clone-${at}.git`);
            await git(own, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", clone]);
            await git(clone, ["remote", "add", "origin", remote]);
            const theirs: Act[] = Array.from({ length: writers * writes }, () => {
              return { do: "register", model: "penguins", source: random.hex(40) } as const;
            });
            acts.push(...theirs);
            const orders = { folder: clone, remote: "origin", acts: theirs, writers };
            return harness.run([process.execPath, writer, JSON.stringify(orders)], own, { at: 0 });
          }),
        );
        const seconds = (performance.now() - began) / 1000;
        const said = runs.map(({ stdout }) => saidBy(stdout));
        const acknowledged = said.reduce((sum, each) => sum + each.acknowledged.length, 0);
        const refused = said.flatMap((each) => each.refused);
        const other = refused.find(({ code }) => code !== "REGISTRY_MOVED");
        if (other !== undefined) throw new Broken(`${other.code}: ${other.words}`);
        if (acknowledged !== all)
          throw new Broken(
            `${acknowledged} of ${all} were acknowledged: ${runs.map(({ stderr }) => stderr).join("\n")}`,
          );
        const { times } = await countActs(remote, acts);
        refuseLostActs(
          acts,
          times,
          acts.map((_, place) => place),
        );
        const found = await verifyRegistry({ folder: remote });
        if (found.findings.length > 0) throw new Broken(found.findings.map(({ message }) => message).join("; "));
        if (found.versions !== all + 5) throw new Broken(`${found.versions} versions in place of ${all + 5}`);
        return `${all} versions, no gap, no double, tags and manifests agree (${Math.round(all / seconds)} a second; ${refused.length} told to try again)`;
      },
    };
  },
};
