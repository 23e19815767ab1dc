/**
 * xoshiro128** (Blackman and Vigna, 2018), its state filled from the seed by SplitMix32: whole numbers from 0 to
 * 2³² − 1, made with 32-bit integer arithmetic alone, so that a seed gives the same draws on every machine.
 */
export function randomBits(seed: number): () => number {
  let mixed = seed | 0;
  const split = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let bits = mixed;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return bits ^ (bits >>> 16);
  };
  let [a, b, c, d] = [split(), split(), split(), split()];
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/** Whole numbers from 0 to `below` − 1, `below` up to 2²¹ without loss; the bias is under `below` ÷ 2³². */
export function randomIndex(bits: () => number, below: number): number {
  return Math.floor((bits() * below) / 4294967296);
}
