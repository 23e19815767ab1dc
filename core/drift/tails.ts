const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/**
 * How often chance alone brings a chi-square of at least `statistic`, with 1 to 200 whole `degrees` of freedom (Abramowitz and
 * Stegun, 26.4.4 and 26.4.5: finite sums of positive terms, so that small tails are as exact as large ones). Relative error
 * under 1e-12. 0 where a double holds no smaller number.
 */
export function chiSquareTail(statistic: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1 || degrees > 200) throw new RangeError(`${degrees} degrees of freedom`);
  if (!(statistic > 0)) return 1;
  const x = statistic / 2;
  // exp(-x) in two halves: the sum may be large where exp(-x) alone is too small for a double.
  const half = Math.exp(-x / 2);
  if (half === 0) return 0;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? half * TWO_OVER_ROOT_PI * Math.sqrt(x) : half;
  let sum = 0;
  for (let j = isOdd ? 1.5 : 1; j <= degrees / 2; j++) {
    sum += term;
    term *= x / j;
  }
  return Math.min(1, sum * half + (isOdd ? complementaryErrorOfRoot(x) : 0));
}

/** How often a standard normal variable is at least `z`. Relative error under 1e-12. */
export function normalTail(z: number): number {
  const beyond = chiSquareTail(z * z, 1) / 2;
  return z < 0 ? 1 - beyond : beyond;
}

/** erfc(√x), x > 0: from erf's series of positive terms (7.1.6), and where little is left by the continued fraction (7.1.14). */
function complementaryErrorOfRoot(x: number): number {
  const scale = (TWO_OVER_ROOT_PI / 2) * Math.exp(-x);
  if (x > 2.25) {
    let fraction = 0;
    for (let k = Math.ceil(40 + 400 / x); k >= 1; k--) fraction = k / 2 / (Math.sqrt(x) + fraction);
    return scale / (Math.sqrt(x) + fraction);
  }
  let term = 2 * Math.sqrt(x);
  let sum = 0;
  for (let n = 1; sum + term !== sum; n++) {
    sum += term;
    term *= x / (n + 0.5);
  }
  return 1 - scale * sum;
}
