/** The value that a standard normal variable stays below with probability `p` (Acklam's rational approximation, error under 1.2e-9). */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    const above = polynomial(
      q,
      [
        -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
        2.938163982698783,
      ],
    );
    const below = polynomial(q, [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1]);
    return above / below;
  }
  const q = p - 0.5;
  const above = polynomial(
    q * q,
    [
      -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
      2.506628277459239,
    ],
  );
  const below = polynomial(
    q * q,
    [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1],
  );
  return (q * above) / below;
}

/** The probability that a standard normal variable stays below `x` (Abramowitz and Stegun 26.2.17, error under 7.5e-8). */
export function normalProbability(x: number): number {
  if (x < 0) return 1 - normalProbability(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const tail = t * polynomial(t, [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153]);
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

/** The value that Student's t with `degrees` ≥ 1 stays below with probability `p` > 0.5 (Hill, 1970, algorithm 396). */
export function studentQuantile(p: number, degrees: number): number {
  const tails = 2 * (1 - p);
  if (degrees === 1) return 1 / Math.tan((tails * Math.PI) / 2);
  if (degrees === 2) return Math.sqrt(2 / (tails * (2 - tails)) - 2);
  const a = 1 / (degrees - 0.5);
  const b = 48 / (a * a);
  let c = ((20700 * a) / b - 98) * a - 16;
  c = c * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * degrees;
  let y = Math.exp((2 / degrees) * Math.log(d * tails));
  if (y > 0.05 + a) {
    const x = normalQuantile(tails / 2);
    y = x * x;
    if (degrees < 5) c += 0.3 * (degrees - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    const tail = ((degrees + 6) / (degrees * y) - 0.089 * d - 0.822) * (degrees + 2) * 3;
    y = ((1 / tail + 0.5 / (degrees + 4)) * y - 1) * ((degrees + 1) / (degrees + 2)) + 1 / y;
  }
  return Math.sqrt(degrees * y);
}

/** The value that a Beta(a, b) variable stays below with probability `p`; a, b > 0, whole or not. */
export function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  // A normal start, then Newton's steps, kept between the two ends that are known.
  let x = Math.min(Math.max(a / (a + b), 1e-12), 1 - 1e-12);
  const scale = logGamma(a + b) - logGamma(a) - logGamma(b);
  for (let step = 0; step < 100 && high - low > 1e-14; step++) {
    const error = betaProbability(x, a, b) - p;
    if (error > 0) high = x;
    else low = x;
    const density = Math.exp(scale + (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x));
    const next = x - error / density;
    if (Math.abs(next - x) < 1e-13 * x) return next;
    x = next > low && next < high ? next : (low + high) / 2;
  }
  return x;
}

/** The probability that a Beta(a, b) variable stays below `x`: the regularized incomplete beta function, by its continued fraction (Lentz). */
export function betaProbability(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaProbability(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + term * d || tiny);
      c = 1 + term / c || tiny;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** The logarithm of the gamma function (Lanczos, g = 7, nine terms; relative error about 1e-15). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const sum = coefficients.reduce((all, each, i) => all + each / (x + i), 0.99999999999980993);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The value below which a share `p` of `sorted` lies, between two of them in proportion. */
export function sampleQuantile(sorted: Float64Array, p: number): number {
  const at = Math.min(Math.max((sorted.length + 1) * p - 1, 0), sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
