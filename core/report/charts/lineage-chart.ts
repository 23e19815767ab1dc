import { LAYERS, type LineageGraph, type LineageNode } from "../lineage-graph.ts";
import { chartSvg, chartText } from "./chart-svg.ts";
import { LIGHT } from "./palette.ts";

const [LEFT, TOP, BOX, GAP, BOX_HEIGHT, STEP] = [12, 96, 112, 14, 44, 56];
/** That fit into a box, of what is small and of what is not. */
const [SMALL, LARGE] = [19, 14] as const;

/** Pixels. */
export function lineageHeight({ nodes }: LineageGraph): number {
  return TOP + STEP * Math.max(1, ...LAYERS.map((_, layer) => nodes.filter((node) => node.layer === layer).length));
}

/** A version, what it came from and where it went: boxes in five columns, from left to right. What is live has a thick border. */
export function lineageChart(title: string, graph: LineageGraph): string {
  const { nodes, edges } = graph;
  const places = placesOf(nodes);
  const headings = LAYERS.map((text, layer) => ({
    ...{
      type: "text",
      style: { text, x: LEFT + layer * (BOX + GAP), y: TOP - 24, fontSize: 12, fontWeight: "bold", fill: LIGHT.text },
    },
  }));
  const lines = edges.flatMap(([from, to]) => {
    const [a, b] = [places[from], places[to]];
    if (a === undefined || b === undefined) return [];
    const [x1, y1, x2, y2] = [a.x + BOX, a.y + BOX_HEIGHT / 2, b.x, b.y + BOX_HEIGHT / 2];
    const bend = Math.max(8, (x2 - x1) / 2);
    const shape = { x1, y1, x2, y2, cpx1: x1 + bend, cpy1: y1, cpx2: x2 - bend, cpy2: y2 };
    return [{ type: "bezierCurve", shape, style: { stroke: LIGHT.muted, lineWidth: 1.2, fill: "none" } }];
  });
  const boxes = nodes.map((node, at) => box(node, places[at] ?? { x: 0, y: 0 }));
  const children = [...headings, ...lines, ...boxes];
  return chartSvg(
    {
      title,
      subtitle: "What it came from, and where it went. What is live has a thick border.",
      height: lineageHeight(graph),
    },
    {
      series: [
        {
          ...{ type: "custom", coordinateSystem: "none", silent: true, data: [0] },
          renderItem: () => ({ type: "group", children }),
        },
      ],
    },
  );
}

function placesOf(nodes: readonly LineageNode[]): { x: number; y: number }[] {
  const used = new Map<number, number>();
  return nodes.map(({ layer }) => {
    const row = used.get(layer) ?? 0;
    used.set(layer, row + 1);
    return { x: LEFT + layer * (BOX + GAP), y: TOP + row * STEP };
  });
}

function box({ kind, name, isLive = false }: LineageNode, { x, y }: { x: number; y: number }) {
  const border = isLive ? { stroke: LIGHT.third, lineWidth: 2.5 } : { stroke: LIGHT.muted, lineWidth: 1 };
  const text = (words: string, most: number, below: number, fill: string, fontSize: number) => ({
    type: "text",
    style: { text: chartText(words, most), x: x + 6, y: y + below, fontSize, fill },
  });
  return {
    type: "group",
    children: [
      {
        type: "rect",
        shape: { x, y, width: BOX, height: BOX_HEIGHT, r: 4 },
        style: { ...border, fill: LIGHT.background },
      },
      text(kind, SMALL, 7, LIGHT.muted, 10),
      text(name, LARGE, 23, LIGHT.text, 12),
    ],
  };
}
