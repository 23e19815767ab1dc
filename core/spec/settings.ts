import { TrainSpec } from "../../schemas/model-spec.ts";
import { Json } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { jsonText, NumberText, plainJson, readParams, type WrittenJson } from "../json-text.ts";
import type { LoadedModel } from "./project.ts";
import { readYaml } from "./yaml.ts";

type Params = Record<string, WrittenJson>;

/**
 * The model with other params or another seed, as `--set params.depth=4` says them: values are YAML, and numbers keep how they
 * are written. A key that the spec has not is added. Rejects with USAGE whatever else is set: a try changes what training is
 * given, and neither what it is judged by nor what it is fed.
 */
export function withSettings(model: LoadedModel, settings: readonly string[]): LoadedModel {
  if (settings.length === 0) return model;
  const { train } = model.spec;
  if (train === undefined) throw usage(settings[0] as string, `${model.name} has no train`, "a model that is trained");
  const params = readParams(train.params ?? "{}");
  let { seed } = train;
  for (const setting of settings) {
    const expected = "params.<name>=<value>, or seed=<number>";
    const [whole, key = "", text = ""] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
    if (whole === undefined) throw usage(setting, "there is no value", expected);
    const [root, ...names] = key.split(".");
    const isParam = root === "params" && names.length > 0 && names.every((name) => name !== "" && name !== "__proto__");
    if (!isParam && key !== "seed")
      throw usage(
        setting,
        `${key || JSON.stringify(setting)} cannot be set`,
        expected,
        Object.hasOwn(params, key) || Object.hasOwn(params, root ?? "") ? `did you mean params.${setting}?` : undefined,
      );
    const value = parsedValue(setting, text);
    if (isParam) setAt(params, names.join("."), value, setting);
    else {
      const parsed = TrainSpec.shape.seed.safeParse(plainJson(value));
      if (!parsed.success || parsed.data === undefined)
        throw usage(setting, "the seed is none", "a whole number from 0 to 2147483647");
      seed = parsed.data;
    }
  }
  const given = { ...train, params: jsonText(params), ...(seed === undefined ? {} : { seed }) };
  return { ...model, spec: { ...model.spec, train: given } };
}

/** A name of the spec's own may hold dots: it is taken before a map is looked into. */
function setAt(params: Params, name: string, value: WrittenJson, setting: string): void {
  const dot = Object.hasOwn(params, name) ? -1 : name.indexOf(".");
  if (dot < 0) {
    params[name] = value;
    return;
  }
  const [first, rest] = [name.slice(0, dot), name.slice(dot + 1)];
  const below = Object.hasOwn(params, first) ? params[first] : {};
  if (typeof below !== "object" || below === null || Array.isArray(below) || below instanceof NumberText)
    throw usage(setting, `${first} is no map`, `params.${first}=<value>`);
  const inner = below as Params;
  setAt(inner, rest, value, setting);
  params[first] = inner;
}

function parsedValue(setting: string, text: string): WrittenJson {
  const { problems, written } = readYaml(Buffer.from(text), "--set", []);
  const [problem] = problems;
  if (problem !== undefined) throw usage(setting, problem.message, "a value as YAML has it", problem.hint);
  if (!Json.safeParse(plainJson(written)).success)
    throw usage(setting, "the value is none of JSON's", "a finite number, a text, true, false, a list or a map");
  return written;
}

function usage(setting: string, message: string, expected: string, hint?: string): SlipwayError {
  return new SlipwayError("USAGE", `--set ${setting}: ${message}`, {
    expected,
    hint,
  });
}
