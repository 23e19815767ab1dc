import type { Nodes, Parents, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import pc from "picocolors";
import { layOutTable, wrap } from "../../core/report/lay-out-table.ts";

/**
 * A comment as its reader on GitHub sees it, for a terminal `width` columns wide: no markup, no hidden comment; of what the
 * page folds, the title alone.
 */
export function readMarkdown(markdown: string, { width, colour }: { width: number; colour: boolean }): string {
  const colours = pc.createColors(colour);
  const visible = markdown.replace(/<!--[\s\S]*?-->/g, "");
  const blocks = visible.split(/(<details>[\s\S]*?<\/details>)/).flatMap((part) => {
    const summary = /^<details><summary>([\s\S]*?)<\/summary>/.exec(part)?.[1];
    return summary === undefined ? blocksOf(parse(part)) : [colours.dim(`▸ ${inline(parse(summary))}`)];
  });
  return blocks.join("\n\n").replace(/(▸[^\n]*)\n\n(?=[^\n]*▸)/g, "$1\n");

  function blocksOf(node: Parents): string[] {
    return node.children.map((child) => block(child)).filter((text) => text !== "");
  }

  function block(node: Nodes): string {
    switch (node.type) {
      case "heading":
        return colours.bold(lines(inline(node)));
      case "code":
        return node.value.replace(/^/gm, "    ");
      case "thematicBreak":
        return "─".repeat(Math.min(width, 40));
      case "blockquote":
        return blocksOf(node).join("\n").replace(/^/gm, "│ ");
      case "list":
        return node.children.map((item) => `• ${blocksOf(item).join("\n").replace(/\n/g, "\n  ")}`).join("\n");
      case "table":
        return table(node);
      default:
        return lines(inline(node));
    }
  }

  function table({ children, align }: Table): string {
    const texts = children.map((row) => row.children.map((cell) => inline(cell).replaceAll("\n", " · ")));
    const columns = (texts[0] ?? []).map(
      (title, at) => ({ title, align: align?.[at] === "right" ? "right" : "left" }) as const,
    );
    const [head = [], ...body] = layOutTable(columns, texts, width).rows;
    const join = (row: typeof head) => row.map(({ pieces }) => pieces.join("  ").trimEnd());
    return [...join(head).map(colours.dim), ...body.flatMap(join)].join("\n");
  }

  function lines(text: string): string {
    return text
      .split("\n")
      .flatMap((line) => wrap(line, width))
      .join("\n");
  }
}

function parse(markdown: string) {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** The words of a part of Markdown. Zero-width spaces, which keep names from becoming links, are left out. */
function inline(node: Nodes): string {
  return words(node).replace(/\n+/g, "\n").replaceAll("\u200b", "").trim();
}

function words(node: Nodes): string {
  if (node.type === "break") return "\n";
  if (node.type === "html") return node.value.replace(/<br>/g, "\n").replace(/<[^>]*>/g, "");
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(words).join("") : "";
}
