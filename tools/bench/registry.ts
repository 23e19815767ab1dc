// The registry beside the real MLflow server and the real GTO: reads, writes, many writers, commands, acts.
import { join } from "node:path";
import type { BenchOptions, Measurement } from "./measurement.ts";
import { measureActs } from "./registry/acts.ts";
import { measureCommands } from "./registry/commands.ts";
import { build, buildServed } from "./registry/fixture.ts";
import { measureGroups } from "./registry/group.ts";
import { measureClient, measureGrowth, measureReads, nameAlias } from "./registry/reads.ts";
import { serveMlflow, serveSlipway } from "./registry/servers.ts";
import { measureWrites } from "./registry/writes.ts";

/** Models × versions. */
const SIZES = [
  [10, 1],
  [1_000, 1],
  [10_000, 1],
  [1, 1_000],
] as const;

export async function bench({ full, folder }: BenchOptions): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const say = (what: string) => process.stderr.write(`registry: ${what} …\n`);
  for (const [models, versions] of SIZES) {
    say(`${models} × ${versions} beside MLflow's server`);
    measured.push(...(await besideMlflow(join(folder, `${models}-${versions}`), models, versions)));
  }
  measured.push(...measureGrowth(measured));
  for (const models of full ? [100, 1_000, 10_000] : [100, 1_000]) {
    say(`many writers at ${models} models`);
    measured.push(...(await measureGroups(folder, models, models === 10_000 ? undefined : 300)));
  }
  say("1,000 × 10 beside GTO");
  const versions = join(folder, "versions");
  await build(versions, 1_000, 10);
  measured.push(...(await measureActs(versions, "1000 × 10")));
  measured.push(...(await measureCommands(versions, "1000 × 10", 1_000, full ? 300_000 : 90_000)));
  return measured;
}

async function besideMlflow(folder: string, models: number, versions: number): Promise<Measurement[]> {
  const repository = join(folder, "repository");
  await buildServed(repository, models, versions);
  const ours = await serveSlipway(repository);
  try {
    const theirs = await serveMlflow(join(folder, "mlflow"), models, versions);
    try {
      await nameAlias(ours, models, versions);
      await nameAlias(theirs, models, versions);
      return [
        ...(await measureReads(ours, theirs, models, versions)),
        ...(await measureClient(ours, theirs, models, versions)),
        ...(await measureWrites(ours, theirs, models, versions)),
      ];
    } finally {
      await theirs.stop();
    }
  } finally {
    await ours.stop();
  }
}
