import { expect, it } from "vitest";
import { isBroken, measure } from "../../tools/coverage/measure.ts";
import { WORLDS } from "../../tools/coverage/worlds.ts";

const TRIES = 150;

// The quick form of `npm run coverage`: a side of an interval that misses clearly too often shows in 150 samples, too.
it.each(WORLDS.flatMap((world) => world.quick.map((size) => ({ name: world.name, size, world }))))(
  "holds every metric where $name, of $size units",
  ({ world, size }) => {
    const cells = measure(world, size, { tries: TRIES, seed: 11 });
    expect(cells.filter((cell) => cell.levels.some((level) => isBroken(level, TRIES)))).toEqual([]);
  },
);
