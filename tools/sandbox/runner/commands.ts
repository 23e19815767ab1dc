/** A workflow command that a step printed: `::error file=a.yaml,line=3::words`. */
export interface WorkflowCommand {
  name: string;
  properties: Readonly<Record<string, string>>;
  message: string;
}

export function parseCommand(line: string): WorkflowCommand | undefined {
  const [, name, properties = "", message = ""] = /^::([a-z-]+)(?: (.*?))?::(.*)$/.exec(line.trimStart()) ?? [];
  if (name === undefined) return undefined;
  const pairs = properties
    .split(",")
    .map((pair) => [pair.split("=", 1)[0]?.trim() ?? "", pair.slice(pair.indexOf("=") + 1)]);
  const named = pairs.filter(([key]) => key !== "").map(([key, value = ""]) => [key, unescaped(value)]);
  return { name, properties: Object.fromEntries(named), message: unescaped(message) };
}

function unescaped(text: string): string {
  const codes: Record<string, string> = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
  return text.replace(/%(0D|0A|3A|2C|25)/gi, (code) => codes[code.toUpperCase()] ?? code);
}

/** The file behind GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE: `name=value` lines and `name<<END` blocks. */
export function parseFile(content: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = content.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const [, block, end] = /^([^=]+?)<<(.+)$/.exec(line) ?? [];
    if (block !== undefined) {
      const until = lines.indexOf(end ?? "", at + 1);
      if (until < 0) throw new Error(`No line ${end} ends the value of ${block}`);
      values[block] = lines.slice(at + 1, until).join("\n");
      at = until;
    } else if (line !== "") {
      if (!line.includes("=")) throw new Error(`Not name=value: ${line.slice(0, 80)}`);
      values[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    }
  }
  return values;
}
