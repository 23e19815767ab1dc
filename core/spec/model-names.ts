import type { Problem } from "../../schemas/problem.ts";

/** Windows keeps these for devices, with any extension: a clone there would not check their files out. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/** Why a new model cannot be called so beside the others, if it cannot; the other's name, where it looks like one. */
export function refusedName(name: string, others: Iterable<string>): { why: string; other?: string } | undefined {
  if (DEVICE.test(name)) return { why: `${name} is the name of a device on Windows` };
  const looks = new Set(looksOf(name));
  for (const other of others)
    if (other !== name && looksOf(other).some((each) => looks.has(each)))
      return { why: `${name} looks like ${other}`, other };
  return undefined;
}

/**
 * What a name looks like, in two ways: two names look alike where one of these is the same. Letters' cases and widths, `-`, `_`
 * and spaces, and `o` and `0` are as one; and so are the capital `I`, `l` and `1`, which many fonts draw alike (`i` is not).
 */
function looksOf(name: string): [string, string] {
  const plain = name.normalize("NFKC").replace(/[_\s]/g, "-");
  const folded = (text: string) => text.toLowerCase().replaceAll("o", "0");
  return [folded(plain), `|${folded(plain.replace(/[Il1]/g, "1"))}`];
}

/** What `check` says of models' names: those that are registered stay as they are, and no new one is. */
export function nameWarnings(models: Iterable<{ name: string; path: string }>): Problem[] {
  const before: string[] = [];
  return [...models].flatMap(({ name, path }) => {
    const refused = refusedName(name, before);
    before.push(name);
    if (refused === undefined) return [];
    return [
      {
        code: "NAME_INVALID",
        message:
          refused.other === undefined
            ? `${refused.why}: as a new model it is not registered`
            : `${refused.other} and ${name} look alike: the one that is not registered yet cannot be`,
        file: path,
        hint: refused.other === undefined ? "Name its folder otherwise." : "Name the new one's folder otherwise.",
      },
    ];
  });
}
