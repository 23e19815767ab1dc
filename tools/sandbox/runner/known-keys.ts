import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** What may stand in a mapping: a table of its keys, `any` keys with values of one kind, or anything at all. */
type Shape = { keys: Readonly<Record<string, Shape>> } | { each: Shape } | { list: Shape } | { one: Shape[] } | "any";

const INPUT: Shape = {
  keys: { description: "any", type: "any", required: "any", default: "any", options: "any" },
};
const CONCURRENCY: Shape = {
  one: ["any", { keys: { group: "any", "cancel-in-progress": "any", queue: "any" } }],
};
const FILTER: Shape = {
  keys: {
    types: "any",
    branches: "any",
    tags: "any",
    workflows: "any",
    inputs: { each: INPUT },
    outputs: { each: { keys: { description: "any", value: "any" } } },
    secrets: { each: { keys: { description: "any", required: "any" } } },
  },
};
const STEP: Shape = {
  keys: {
    ...{ id: "any", name: "any", if: "any", uses: "any", run: "any", shell: "any", "working-directory": "any" },
    ...{ with: "any", env: "any", "continue-on-error": "any", "timeout-minutes": "any" },
  },
};
const JOB: Shape = {
  keys: {
    ...{ name: "any", needs: "any", if: "any", permissions: "any", concurrency: CONCURRENCY, env: "any" },
    ...{ environment: "any", "runs-on": "any", container: "any", "timeout-minutes": "any", outputs: "any" },
    strategy: { keys: { "fail-fast": "any", matrix: "any" } },
    steps: { list: STEP },
    ...{ uses: "any", with: "any", secrets: "any" },
  },
};
const WORKFLOW: Shape = {
  keys: {
    ...{ name: "any", "run-name": "any", permissions: "any", env: "any", concurrency: CONCURRENCY },
    on: { one: ["any", { each: FILTER }] },
    jobs: { each: JOB },
  },
};

/**
 * Throws for the first key of a workflow file that is not known here, with its line: what the stand-in's runner would
 * silently leave out means something on GitHub. What is known and yet not done here is refused where it is used.
 */
export function checkKeys(file: string, text: string): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (node: Node | null) => `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
  const check = (node: unknown, shape: Shape, where: string): void => {
    if (shape === "any") return;
    if ("one" in shape) {
      check(node, isMap(node) ? (shape.one.at(-1) as Shape) : "any", where);
      return;
    }
    if ("list" in shape) {
      if (isSeq(node)) for (const [index, item] of node.items.entries()) check(item, shape.list, `${where}[${index}]`);
      return;
    }
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const inside = where === "" ? name : `${where}.${name}`;
      const known = "each" in shape ? shape.each : Object.hasOwn(shape.keys, name) ? shape.keys[name] : undefined;
      if (known === undefined) throw new Error(`${at(key as Node)}: ${inside} is not known to the stand-in for GitHub`);
      if (name === "shell" && isScalar(value) && value.value !== "bash")
        throw new Error(`${at(key as Node)}: ${inside} is ${value.value}; the stand-in for GitHub knows bash alone`);
      check(value, known, inside);
    }
  };
  check(document.contents, WORKFLOW, "");
}
