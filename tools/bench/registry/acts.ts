import { openRegistry } from "../../../core/registry/open.ts";
import type { Registry } from "../../../core/registry/registry.ts";
import { commitId, promote, register } from "../../../test/registry/builders.ts";
import { type Measurement, repeat, timed, timingOf } from "../measurement.ts";
import { name } from "./fixture.ts";

const RUNS = 41;

/** Each act in a registry opened for it, as a command does, and in one kept open, as a server does. */
export async function measureActs(folder: string, size: string): Promise<Measurement[]> {
  const target = { target: 100 };
  const writing = "syncing three times: objects, refs, their folder";
  const acts: [string, (registry: Registry, at: number) => Promise<unknown>, string, { target?: number }][] = [
    ["register", (registry, at) => register(registry, name(at), commitId(`9${at}`)), writing, target],
    ["promote", (registry, at) => promote(registry, 3, { model: name(at) }), writing, target],
    ["show one model", (registry, at) => showModel(registry, name(at)), "reading the models/ tree once", {}],
    ["list a page of 50", (registry, at) => listPage(registry, name(at)), "reading the models/ tree once", {}],
  ];
  const measured: Measurement[] = [];
  for (const [what, act, bound, promise] of acts) {
    const kept = await openRegistry({ folder });
    const warm: number[] = [];
    const cold = await repeat(RUNS, async (at) => {
      const registry = await openRegistry({ folder });
      await act(registry, 2 * at);
      await registry.close();
    });
    for (let at = 0; at < RUNS; at += 1) warm.push(await timed(() => act(kept, 2 * at + 1)));
    await kept.close();
    measured.push({ what, size, unit: "ms", bound: `${bound}; starting Git`, ...promise, ...cold });
    measured.push({ what: `${what}, kept open`, size, unit: "ms", bound, ...promise, ...timingOf(warm) });
  }
  return measured;
}

async function showModel(registry: Registry, model: string): Promise<void> {
  const snapshot = await registry.snapshot();
  const record = await snapshot.model(model);
  await snapshot.versions(model);
  await snapshot.manifest(model, record?.latest_version ?? 0);
}

async function listPage(registry: Registry, after: string): Promise<void> {
  const snapshot = await registry.snapshot();
  await Promise.all((await snapshot.models({ after, limit: 50 })).map((model) => snapshot.model(model)));
}
