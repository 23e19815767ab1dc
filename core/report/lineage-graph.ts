import type { Lineage } from "../../schemas/lineage.ts";
import { counted } from "./verdict-words.ts";

/** From left to right: what a version came from, and where it went. */
export const LAYERS = ["Data", "Made from", "Version", "Stage", "Deployment"] as const;

export interface LineageNode {
  /** Its place in LAYERS. */
  layer: number;
  /** What it is, and which one. */
  kind: string;
  name: string;
  isLive?: boolean;
}

export interface LineageGraph {
  nodes: LineageNode[];
  /** From and to, as places in `nodes`. */
  edges: [number, number][];
}

/** A version's way through a stage. */
export interface StageStay {
  stage: string;
  isLive: boolean;
  /** What runs it there, if something describes that. */
  deployment?: string | undefined;
}

/** A version with what it came from and where it went, for a picture. */
export function lineageGraph(
  { model, version, lineage }: { model: string; version: number; lineage: Lineage },
  stays: readonly StageStay[],
): LineageGraph {
  const { data, commit, run, source, artifact, parent } = lineage;
  const nodes: LineageNode[] = [];
  const add = (node: LineageNode) => nodes.push(node) - 1;
  const sets = (["train", "test"] as const).flatMap((of) => {
    const set = data[of];
    return set === undefined
      ? []
      : [add({ layer: 0, kind: `${of}, ${counted(set.rows, "row")}`, name: set.sha256.slice(0, 12) })];
  });
  const made = [
    ...(commit === undefined ? [] : [add({ layer: 1, kind: "commit", name: commit.slice(0, 10) })]),
    ...(run === undefined ? [] : [add({ layer: 1, kind: `run, ${artifact.from}`, name: run })]),
    ...(commit !== undefined || source === undefined ? [] : [add({ layer: 1, kind: "imported", name: source })]),
  ];
  const before =
    parent &&
    add({
      layer: 1,
      kind: parent.how === "copy" ? "a copy of" : "made after",
      name: `${parent.model} ${parent.version}`,
    });
  const itself = add({
    layer: 2,
    kind: "version",
    name: `${model} ${version}`,
    isLive: stays.some(({ isLive }) => isLive),
  });
  const edges: [number, number][] = [
    ...sets.flatMap((set) => (made.length === 0 ? [itself] : made).map((to): [number, number] => [set, to])),
    ...made.map((each): [number, number] => [each, itself]),
    ...(before === undefined ? [] : [[before, itself] as [number, number]]),
  ];
  for (const { stage, isLive, deployment } of stays) {
    const there = add({ layer: 3, kind: isLive ? "is in" : "was in", name: stage, isLive });
    edges.push([itself, there]);
    if (deployment !== undefined)
      edges.push([there, add({ layer: 4, kind: "described at", name: deployment, isLive })]);
  }
  return { nodes, edges };
}

/** The same in a sentence, for who does not see the picture. */
export function lineageWords({ nodes }: LineageGraph): string {
  return LAYERS.flatMap((title, layer) => {
    const here = nodes.filter((node) => node.layer === layer);
    return here.length === 0 ? [] : [`${title}: ${here.map(({ kind, name }) => `${kind} ${name}`).join("; ")}`];
  }).join(". ");
}
