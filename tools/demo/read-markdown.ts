import { marked, type Token, type Tokens } from "marked";
import pc from "picocolors";
import { layOutTable, wrap } from "../../core/report/lay-out-table.ts";

/**
 * A comment as its reader on GitHub sees it, for a terminal `width` columns wide: no markup, no entity, no hidden comment;
 * what the page folds is told by its title alone.
 */
export function readMarkdown(markdown: string, { width, colour }: { width: number; colour: boolean }): string {
  const colours = pc.createColors(colour);
  const visible = markdown.replace(/<!--[\s\S]*?-->/g, "");
  const blocks = visible.split(/(<details>[\s\S]*?<\/details>)/).flatMap((part) => {
    const summary = /^<details><summary>([\s\S]*?)<\/summary>/.exec(part)?.[1];
    if (summary !== undefined) return [colours.dim(`▸ ${plain(summary).trim()}`)];
    return marked.lexer(part, { gfm: true }).flatMap((token) => block(token));
  });
  return blocks
    .filter((text) => text !== "")
    .join("\n\n")
    .replace(/(▸[^\n]*)\n\n(?=[^\n]*▸)/g, "$1\n");

  function block(token: Token): string[] {
    switch (token.type) {
      case "heading":
        return [colours.bold(lines(inline(token as Tokens.Heading)))];
      case "paragraph":
      case "text":
        return [lines(inline(token as Tokens.Paragraph))];
      case "html":
        return [lines(plain(token.raw))];
      case "code":
        return [(token as Tokens.Code).text.replace(/^/gm, "    ")];
      case "hr":
        return ["─".repeat(Math.min(width, 40))];
      case "blockquote": {
        const inside = (token as Tokens.Blockquote).tokens.flatMap((each) => block(each));
        return [
          inside
            .filter((text) => text !== "")
            .join("\n")
            .replace(/^/gm, "│ "),
        ];
      }
      case "list":
        return [
          (token as Tokens.List).items
            .map((item) =>
              item.tokens
                .flatMap((each) => block(each))
                .join("\n")
                .replace(/\n/g, "\n  ")
                .replace(/^/, "• "),
            )
            .join("\n"),
        ];
      case "table":
        return [table(token as Tokens.Table)];
      default:
        return [];
    }
  }

  function table({ header, rows, align }: Tokens.Table): string {
    const columns = header.map(
      (cell, at) => ({ title: inline(cell).trim(), align: align[at] === "right" ? "right" : "left" }) as const,
    );
    const texts = [header, ...rows].map((row) => row.map((cell) => inline(cell).trim()));
    const [head = [], ...body] = layOutTable(columns, texts, width).rows;
    const join = (row: typeof head) => row.map(({ pieces }) => pieces.join("  ").trimEnd());
    return [...join(head).map(colours.dim), ...body.flatMap(join)].join("\n");
  }

  function lines(text: string): string {
    return text
      .trim()
      .split("\n")
      .flatMap((line) => wrap(line, width))
      .join("\n");
  }
}

/** A token's text as it reads, emphasis and links reduced to their words. */
function inline(token: { text: string; tokens?: Token[] }): string {
  const parts = token.tokens?.map((each) => {
    if (each.type === "br") return "\n";
    if (each.type === "html") return plain(each.raw);
    return "tokens" in each && each.tokens
      ? inline(each as { text: string; tokens: Token[] })
      : plain("text" in each ? String(each.text) : each.raw);
  });
  return (parts ?? [plain(token.text)]).join("");
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

function plain(html: string): string {
  return html
    .replace(/<br>\n?/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole, name: string) => NAMED[name] ?? whole)
    .replace(/\u200b/g, "");
}
