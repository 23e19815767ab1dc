import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";

/** Refuses, with UNSUPPORTED, what a spec asks for and this host cannot honour: ignoring it would be a lie. */
export function requireSupported(spec: ModelSpec, host: { here: boolean }): void {
  if (spec.environment?.image !== undefined) {
    throw new SlipwayError(
      "UNSUPPORTED",
      "`environment.image` needs a runner with containers; here user code runs without one",
      {
        expected: "a spec without `environment.image`",
        found: spec.environment.image,
        hint: "Say what the image installs in `environment.setup`.",
      },
    );
  }
  const runner = spec.train?.["runs-on"] ?? spec.predict["runs-on"];
  if (runner !== undefined && !host.here) {
    throw new SlipwayError("UNSUPPORTED", "The spec names the machine that it runs on, and this may be another one", {
      expected: `runs-on: ${[runner].flat().join(", ")}`,
      found: "this machine",
      hint: "Run it with --here if this machine will do.",
    });
  }
}
