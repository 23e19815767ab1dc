import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import type { Decision } from "../../../schemas/decision.ts";
import { refusedActs } from "../inbox/refused-acts.ts";
import type { PortalHost } from "../request/host.ts";

/** Which verdicts a preview looks at: what was refused lately, in place of what is live. */
export const REFUSED_ASKED = "refused";

export interface AskedVerdicts {
  decisions: Decision[];
  /** Of how many. */
  all: number;
}

/** Recorded decisions, a page of them: those that put what is live where it is, or the newest refusals. */
export async function askedVerdicts(
  host: PortalHost,
  catalog: Catalog,
  { which, from, limit }: { which: string; from: number; limit: number },
): Promise<AskedVerdicts & { snapshot: RegistrySnapshot }> {
  const snapshot = await readSnapshot(host.ports.objects, catalog.commit);
  const found = which === REFUSED_ASKED ? await refused(host, catalog) : live(catalog);
  const shown = await Promise.all(
    found.slice(from, from + limit).map(({ name, id, stage }) => decisionOf(catalog, snapshot, { name, id, stage })),
  );
  return { decisions: shown.flatMap((each) => each ?? []), all: found.length, snapshot };
}

interface Named {
  /** The model's folder. */
  name: string;
  id: string;
  stage: string;
}

function live({ models }: Catalog): Named[] {
  return models.flatMap(({ name, record }) =>
    Object.entries(record.stages).map(([stage, { decision: id }]) => ({ name, id, stage })),
  );
}

async function refused({ catalogs, ports }: PortalHost, { commit }: Catalog): Promise<Named[]> {
  if (commit === undefined) return [];
  const { acts } = await refusedActs({ catalogs, objects: ports.objects }, commit);
  return acts.flatMap(({ model, decision, stage = "" }) =>
    model === undefined || decision === undefined ? [] : [{ name: model, id: decision, stage }],
  );
}

/** The decision whose gates were asked: what came back, or by steps, passed them when it was promoted. */
async function decisionOf(
  catalog: Catalog,
  snapshot: RegistrySnapshot,
  { name, id, stage }: Named,
): Promise<Decision | undefined> {
  const read = (each: string) => snapshot.read({ kind: "decision", model: name, id: each });
  const decision = await read(id);
  if (decision?.completes !== undefined) return (await read(decision.completes)) ?? decision;
  const model = decision?.act === "rollback" ? catalog.find(name) : undefined;
  if (decision === undefined || model === undefined) return decision;
  const asked = await firstPromotion(catalog, model, stage, decision.version);
  return asked === undefined ? decision : ((await read(asked)) ?? decision);
}

async function firstPromotion(
  catalog: Catalog,
  model: CatalogModel,
  stage: string,
  version: number,
): Promise<string | undefined> {
  const { decisions } = await catalog.history(model);
  const found = [...decisions.values()]
    .map(({ decision }) => decision)
    .filter(
      (each) =>
        each.act === "promote" && each.stage === stage && each.version === version && each.outcome !== "refused",
    );
  return found.sort((a, b) => (a.decided_at < b.decided_at ? 1 : -1))[0]?.id;
}
