import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours for one stream: `--no-color` and NO_COLOR turn them off, FORCE_COLOR on, otherwise a terminal has them. */
export function colorsFor(
  stream: { isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
  wanted: boolean,
): Colors {
  return picocolors.createColors(wanted && allowed(stream, env));
}

function allowed(stream: { isTTY?: boolean | undefined }, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  return stream.isTTY === true && env.TERM !== "dumb";
}
