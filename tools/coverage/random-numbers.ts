import { randomBits } from "../random-bits.ts";

export type RandomNumbers = ReturnType<typeof randomNumbers>;

/** Random numbers from a seed, for data; the library's own draws have theirs. */
export function randomNumbers(seed: number) {
  const bits = randomBits(seed);
  const uniform = () => (bits() + 0.5) / 4294967296;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const many = <Item>(n: number, make: (at: number) => Item): Item[] =>
    Array.from({ length: n }, (_none, at) => make(at));
  /** Gamma with scale 1 (Marsaglia and Tsang, 2000). */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return {
    uniform,
    normal,
    many,
    gamma,
    chance: (p: number) => uniform() < p,
    /** Student's t with 5 degrees of freedom. */
    t5: () => normal() / Math.sqrt(gamma(2.5) / 2.5),
    beta(a: number, b: number) {
      const [x, y] = [gamma(a), gamma(b)];
      return x + y === 0 ? Number(uniform() < a / (a + b)) : x / (x + y);
    },
  };
}
