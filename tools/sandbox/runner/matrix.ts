type Leg = Readonly<Record<string, unknown>>;

/** The legs of a `strategy.matrix`: every combination of its lists, and what `include` adds. Throws where there is none. */
export function expandMatrix(value: unknown): Leg[] {
  const { include = [], exclude, ...lists } = (value ?? {}) as Record<string, unknown> & { include?: Leg[] };
  if (exclude !== undefined) throw new Error("strategy.matrix.exclude is not known here");
  const product = Object.entries(lists).reduce<Leg[]>(
    (legs, [key, values]) => legs.flatMap((leg) => (values as unknown[]).map((one) => ({ ...leg, [key]: one }))),
    Object.keys(lists).length === 0 ? [] : [{}],
  );
  const fits = (leg: Leg, extra: Leg) => Object.keys(lists).every((key) => !(key in extra) || extra[key] === leg[key]);
  const extended = product.map((leg) => Object.assign({}, leg, ...include.filter((extra) => fits(leg, extra))));
  const legs = [...extended, ...include.filter((extra) => !product.some((leg) => fits(leg, extra)))];
  if (legs.length === 0) throw new Error("Matrix vector does not contain any values");
  return legs;
}
