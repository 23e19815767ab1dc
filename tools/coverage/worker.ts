// Measures one world at one size for each message, in a process of its own.
import { type Effort, measure } from "./measure.ts";
import { WORLDS } from "./worlds.ts";

export interface Task extends Effort {
  world: string;
  size: number;
}

process.on("message", ({ world, size, ...effort }: Task) => {
  const found = WORLDS.find(({ name }) => name === world);
  if (found === undefined) throw new Error(`There is no world ${world}.`);
  process.send?.(measure(found, size, effort));
});
