import type { GateResult } from "../../../schemas/gate.ts";

/**
 * The metrics that a model is judged by: those that the gates name, of all rows, in their order; if there is none, the first one.
 * `names` are the metrics that are numbers, as tables call them.
 */
export function decidingMetrics(
  gates: readonly Pick<GateResult, "gate">[],
  names: readonly string[],
  most: number,
): string[] {
  const known = new Set(names);
  const named = gates.flatMap(({ gate }) => {
    const name = gate.class === undefined ? gate.metric : `${gate.metric} of ${gate.class}`;
    return gate.slice === undefined && known.has(name) ? [name] : [];
  });
  return [...new Set(named.length === 0 ? names : named)].slice(0, named.length === 0 ? 1 : most);
}
