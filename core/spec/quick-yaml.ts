import { CORE_SCHEMA, load, Type, YAMLException } from "js-yaml";
import { type WrittenJson, writtenNumber } from "../json-text.ts";

/**
 * Reads the plain part of YAML that most specs are written in with js-yaml, a dozen times as quickly as the `yaml` package,
 * which knows all positions and reads everything else. Undefined if a text holds anything on which the two might
 * differ (1_000 is a number to one of them alone), and where js-yaml refuses it: then the package reads it, and tells.
 * A check must not see another spec than a run, so test/spec/quick-yaml.test.ts holds them against each other.
 */
export function quickYaml(text: string): { written: WrittenJson } | undefined {
  if (!isPlain(text)) return undefined;
  try {
    const written = load(text, { schema: SCHEMA, json: false }) as WrittenJson;
    return holdsNothing(written) ? undefined : { written };
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

/** Numbers keep how they are written; which texts are numbers, NUMBER below says more narrowly. */
const asWritten = (name: "int" | "float") =>
  new Type(`tag:yaml.org,2002:${name}`, {
    kind: "scalar",
    resolve: (data: unknown) => typeof data === "string" && PLAIN_NUMBERS[name].test(data),
    construct: writtenNumber,
  });
const PLAIN_NUMBERS = { int: /^-?\d+$/, float: /^-?\d+\.\d+$/ };
const SCHEMA = CORE_SCHEMA.extend({ implicit: [asWritten("int"), asWritten("float")] });

/** Tabs, control characters and rarer scripts' spaces; keys that are refused, also in quotes. */
const RARE = /[^\n\x20-\x7e\u00a1-\u024f\u2010-\u2027\u4e00-\u9fff]|__proto__|<</;
const COMMENT = /(^| )#.*$/gm;
const QUOTED = /(?<=^|[ ,[{])(?:"[^"\\\n]*"|'[^'\n]*')(?=$|[ ,:\]}])/gm;
/** Separators without a value between them, lists in lists on one line, lists and maps as keys. */
const GAP = /(?:^|[ ,[{\]}]):|[,:] *[,\]}]|[[{] *,|[,{] *[[{]|^ *- +-|^---|^\.\.\./m;
/** What starts with a digit or a sign, in the one spelling that both read alike. */
const NUMBER = /-|(?:0|-?[1-9]\d{0,14})(?:\.\d{1,9})?|-0\.\d{0,8}[1-9]|[1-9]\d*(?:ms|[smhdw])|\d{4}-\d\d-\d\d/;
/** Paths, options and names, as a key too; no indicator, and true, false and null in no spelling as a key. */
const NAME =
  /true|false|(?!(?:true|false|null|\.inf|\.nan):?(?:[ \n,[\]{}]|$))(?:\/|(?:\.\.?\/)+|\.|--?)?[a-z_(\u00a1-\uffff][^ \n,[\]{}"'\\]*|\.{1,2}\/?/;
/** No bracket is in a part, and no part's end can start another: nothing here is tried twice. */
const PARTS = new RegExp(`^[ \\n,[\\]{}]*(?:(?:${NAME.source}|${NUMBER.source})(?:[ \\n,[\\]{}]+|$))*$`, "i");
/** `key:`, `- value`, or blank: a value goes on over no second line. */
const LINES = /^(?: *(?:(?:- +)?[A-Za-z_][\w./-]*:(?: .*)?|- +[^ ].*)?(?:\n|$))*$/;

function isPlain(text: string): boolean {
  if (RARE.test(text)) return false;
  const bare = text.replace(COMMENT, "").replace(QUOTED, "Q");
  return !GAP.test(bare) && PARTS.test(bare) && LINES.test(bare) && closesEachLine(bare);
}

function closesEachLine(text: string): boolean {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) open++;
    else if (code === 93 || code === 125) open--;
    else if (code === 10 && open !== 0) return false;
  }
  return open === 0;
}

/** A key without a value: what stands as a key then is read in two ways (0.80). */
function holdsNothing(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value == null;
  return Object.values(value).some(holdsNothing);
}
