import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { openRegistry } from "../../../core/registry/open.ts";
import type { Registry } from "../../../core/registry/registry.ts";
import { commitId, register } from "../../../test/registry/builders.ts";
import { type Measurement, once, timingOf } from "../measurement.ts";
import { build, name } from "./fixture.ts";

const run = promisify(execFile);
const WRITERS = 100;
const EACH = 10;

/** Many writers in one process, on a clone of a bare repository on this disk and in the repository itself. */
export async function measureGroups(folder: string, models: number, target?: number): Promise<Measurement[]> {
  const bare = join(folder, `group-${models}.git`);
  const clone = join(folder, `group-${models}`);
  await build(bare, models, 1);
  // The fixture's last commit holds many versions, as no act's does, and whoever writes next would look for all their tags.
  const first = await openRegistry({ folder: bare });
  await register(first, "first");
  await first.close();
  await run("git", ["clone", "--quiet", "--no-checkout", "--no-tags", bare, clone]);
  const size = `${models} × 1`;
  const bound = "Git's push: listing refs, packing, receive-pack's checks, a file for each tag";
  return [
    ...(await measure({ folder: clone, remote: "origin" }, "through a remote", size, bound, target)),
    ...(await measure({ folder: bare }, "locally", size, "composing commits; a file for each tag", undefined)),
  ];
}

async function measure(
  where: { folder: string; remote?: string },
  how: string,
  size: string,
  bound: string,
  target: number | undefined,
): Promise<Measurement[]> {
  const registry = await openRegistry(where);
  const publishing: number[] = [];
  const watched: Registry = {
    ...registry,
    async publish(drafted) {
      const start = performance.now();
      const commit = await registry.publish(drafted);
      publishing.push(performance.now() - start);
      return commit;
    },
  };
  try {
    let last = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let at = 0; at < EACH; at += 1) {
          last += 1;
          await register(watched, name(writer), commitId(`${how.length}${last}`));
        }
      }),
    );
    const took = performance.now() - start;
    const rate = ((WRITERS * EACH) / took) * 1_000;
    const about = { size, unit: "1/s", bound, target } as const;
    const publishes = { what: `publishing a group ${how}`, size, unit: "ms", bound } as const;
    return [
      { what: `registrations a second ${how}, ${WRITERS} writers`, ...about, ...once(rate) },
      { ...publishes, ...timingOf(publishing) },
    ];
  } finally {
    await registry.close();
  }
}
