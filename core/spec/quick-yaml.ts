/**
 * Reads the plain part of YAML that most specs are written in, a dozen times as quickly as the `yaml` package, which reads
 * everything else and knows all positions. Undefined where a line holds anything that this does not fully understand:
 * then, and wherever a problem has to be told, the package reads the text. Whatever this answers, the package answers too:
 * test/spec/quick-yaml.test.ts compares them. (js-yaml was tried in its place: it reads `- -` before `- a:` and
 * `{ a,: 1 }` as other values than `yaml` does, and a check must not see another spec than a run.)
 */
export function quickYaml(text: string): { value: unknown } | undefined {
  // Control characters, tabs, carriage returns and rarer scripts' spaces are left to the package.
  if (/[^\n\x20-\x7e\u00a1-\u024f\u2010-\u2027\u4e00-\u9fff]/.test(text)) return undefined;
  const reader = new Reader(text);
  try {
    return { value: reader.document() };
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

const NOT_PLAIN = new Error("not plain YAML");
const MAP_KEY = /([A-Za-z_][A-Za-z0-9_./-]{0,200}):(?: +|$)/y;
const BLANK = /^ *(#.*)?$/;
const PLAIN_START = /^(?:[A-Za-z0-9_./]|-[0-9])[^#:]*$/;
const PLAIN_FLOW = /(?:[A-Za-z0-9_./]|-[0-9])[A-Za-z0-9_./@+*()=<>$~^ -]*/y;
const REST = / *(?: #.*)?$/y;

interface Line {
  indent: number;
  text: string;
}

class Reader {
  readonly #lines: Line[] = [];
  #next = 0;
  #text = "";
  #at = 0;

  constructor(text: string) {
    for (const line of text.split("\n")) {
      if (BLANK.test(line)) continue;
      const indent = line.search(/[^ ]/);
      this.#lines.push({ indent, text: line });
    }
  }

  document(): unknown {
    const first = this.#lines[0];
    if (first === undefined || first.indent !== 0 || first.text.startsWith("-")) throw NOT_PLAIN;
    const value = this.#map(0);
    if (this.#next < this.#lines.length) throw NOT_PLAIN;
    return value;
  }

  #block(indent: number): unknown {
    const line = this.#lines[this.#next] as Line;
    return line.text.startsWith("- ", line.indent) ? this.#list(indent) : this.#map(indent);
  }

  #map(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let line = this.#lines[this.#next]; line?.indent === indent; line = this.#lines[this.#next]) {
      MAP_KEY.lastIndex = indent;
      const key = MAP_KEY.exec(line.text)?.[1];
      if (key === undefined) throw NOT_PLAIN;
      const start = MAP_KEY.lastIndex;
      this.#next++;
      this.#set(map, key, this.#value(line, start, indent));
    }
    this.#requireEnd(indent);
    return map;
  }

  #list(indent: number): unknown[] {
    const list: unknown[] = [];
    for (let line = this.#lines[this.#next]; line?.indent === indent; line = this.#lines[this.#next]) {
      if (!line.text.startsWith("- ", indent)) return list;
      let start = indent + 2;
      while (line.text[start] === " ") start++;
      MAP_KEY.lastIndex = start;
      if (MAP_KEY.test(line.text)) {
        // `- key: value` opens a map whose indentation is where the key stands.
        line.indent = start;
        list.push(this.#map(start));
      } else {
        this.#next++;
        list.push(this.#inline(line.text, start));
      }
    }
    this.#requireEnd(indent);
    return list;
  }

  #value(line: Line, start: number, indent: number): unknown {
    const isEmpty = start >= line.text.length || line.text[start] === "#";
    if (!isEmpty) return this.#inline(line.text, start);
    const below = this.#lines[this.#next];
    if (below === undefined || below.indent < indent) return null;
    if (below.indent > indent) return this.#block(below.indent);
    return below.text.startsWith("- ", indent) ? this.#list(indent) : null;
  }

  /** A value that must end on its line; what is indented more below it is not plain. */
  #inline(text: string, start: number): unknown {
    this.#text = text;
    this.#at = start;
    const char = text[start];
    const value = char === "[" || char === "{" ? this.#flow() : (this.#quoted() ?? this.#plainLine());
    REST.lastIndex = this.#at;
    if (!REST.test(text)) throw NOT_PLAIN;
    return value;
  }

  #requireEnd(indent: number): void {
    const line = this.#lines[this.#next];
    if (line !== undefined && line.indent > indent) throw NOT_PLAIN;
  }

  #flow(): unknown {
    const char = this.#text[this.#at];
    if (char === "[") {
      const list: unknown[] = [];
      for (this.#skip("["); this.#text[this.#at] !== "]"; ) {
        list.push(this.#flow());
        if (this.#text[this.#at] !== "]") this.#skip(",");
      }
      this.#skip("]");
      return list;
    }
    if (char === "{") {
      const map: Record<string, unknown> = {};
      for (this.#skip("{"); this.#text[this.#at] !== "}"; ) {
        MAP_KEY.lastIndex = this.#at;
        const key = MAP_KEY.exec(this.#text)?.[1];
        if (key === undefined) throw NOT_PLAIN;
        this.#at = MAP_KEY.lastIndex;
        this.#set(map, key, this.#flow());
        if (this.#text[this.#at] !== "}") this.#skip(",");
      }
      this.#skip("}");
      return map;
    }
    const value = this.#quoted() ?? this.#plainFlow();
    this.#spaces();
    const next = this.#text[this.#at];
    if (next !== "," && next !== "]" && next !== "}") throw NOT_PLAIN;
    return value;
  }

  #skip(char: string): void {
    if (this.#text[this.#at] !== char) throw NOT_PLAIN;
    this.#at++;
    this.#spaces();
  }

  #spaces(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }

  #quoted(): string | undefined {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") return undefined;
    const end = this.#text.indexOf(quote, this.#at + 1);
    const inner = this.#text.slice(this.#at + 1, end);
    // A doubled quote is an escaped one; so is a backslash in double quotes.
    if (end === -1 || this.#text[end + 1] === quote || inner.includes("\\")) throw NOT_PLAIN;
    this.#at = end + 1;
    return inner;
  }

  #plainLine(): unknown {
    const comment = this.#text.indexOf(" #", this.#at);
    const said = this.#text.slice(this.#at, comment === -1 ? undefined : comment).trimEnd();
    if (!PLAIN_START.test(said)) throw NOT_PLAIN;
    this.#at += said.length;
    return plainValue(said);
  }

  #plainFlow(): unknown {
    PLAIN_FLOW.lastIndex = this.#at;
    const said = PLAIN_FLOW.exec(this.#text)?.[0];
    if (said === undefined) throw NOT_PLAIN;
    this.#at += said.length;
    return plainValue(said.trimEnd());
  }

  #set(map: Record<string, unknown>, key: string, value: unknown): void {
    if (key === "__proto__" || Object.hasOwn(map, key)) throw NOT_PLAIN;
    map[key] = value;
  }
}

function plainValue(text: string): unknown {
  if (/^(0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  if (/^(0|[1-9][0-9]{0,9})\.[0-9]{1,9}$/.test(text)) return Number(text);
  if (text === "true") return true;
  if (text === "false") return false;
  if (/^([1-9][0-9]*(ms|[smhdw])|[0-9]{4}-[0-9]{2}-[0-9]{2})$/.test(text)) return text;
  // Other spellings of numbers, booleans and null are the package's to read.
  if (/^[0-9.+-]/.test(text) && !/^\.{1,2}(\/|$)/.test(text)) throw NOT_PLAIN;
  if (/^(~|null|true|false|\.inf|\.nan)$/i.test(text)) throw NOT_PLAIN;
  return text;
}
