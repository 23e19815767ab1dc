import type { Gate } from "../../schemas/gate.ts";

/**
 * The gates that ask for more than a policy's floors do. What a floor asks for holds in any case, and a looser gate of the same
 * kind beside it is refused.
 */
export function besideFloors(gates: readonly Gate[], floors: readonly Gate[]): Gate[] {
  return gates.filter((gate) => floors.every((floor) => !sameSubject(gate, floor) || isStricter(gate, floor)));
}

function sameSubject(gate: Gate, floor: Gate): boolean {
  return gate.metric === floor.metric && floor.slice === undefined && gate.versus === floor.versus;
}

function isStricter(gate: Gate, floor: Gate): boolean {
  const [own = 0, asked = Number.POSITIVE_INFINITY] = [gate["at-least"], floor["at-least"]];
  return own > asked && (gate.confidence ?? 0) >= (floor.confidence ?? 0);
}
