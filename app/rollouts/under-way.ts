import type { RegistrySnapshot } from "../../core/registry/registry.ts";

/** The repositories, by GitHub's numbers, in which this process saw a rollout last: the others need no look. */
const underWay = new Set<number>();

export function hasRollouts(repository: number): boolean {
  return underWay.has(repository);
}

/** The models with a rollout under way, and its stage; remembers whether there is one. */
export async function rolloutsUnderWay(
  repository: number,
  snapshot: RegistrySnapshot,
): Promise<{ model: string; stage: string }[]> {
  const records = await Promise.all((await snapshot.models()).map((name) => snapshot.model(name)));
  const found = records.flatMap((record) =>
    Object.keys(record?.rollouts ?? {}).map((stage) => ({ model: record?.name ?? "", stage })),
  );
  if (found.length > 0) underWay.add(repository);
  else underWay.delete(repository);
  return found;
}
