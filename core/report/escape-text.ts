/*
 * The one place where text that users wrote (names, values, messages) is made safe to show.
 * Markdown reads the source, where an entity is never markup. GitHub then reads mentions and references from the
 * rendered page, where entities are decoded: those are parted with a zero-width space besides.
 */
const PARTED = "&#8203;";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // GitHub's mathematics; it asks for this very form.
  $: "<span>$</span>",
};

/**
 * Text on one line, cut to `max` characters (an ellipsis says so), where nothing is hidden: line breaks become
 * spaces; control, format, bidirectional and private characters, and halves of surrogate pairs, become U+FFFD.
 */
export function visibleText(text: string, max = 200): string {
  const head = text.slice(0, 4 * max);
  const shown = head
    .replace(/[^\S\ufeff]+/gu, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\ufffe\uffff]/gu, "\ufffd")
    .trim();
  const characters = [...shown];
  if (characters.length <= max && head.length === text.length) return shown;
  return `${characters.slice(0, max - 1).join("")}…`;
}

/**
 * The text as it is, inside Markdown on GitHub: a paragraph, a table cell, or HTML between tags.
 * No emphasis, code, link, image, mention, reference, emoji, mathematics, HTML or list comes of it.
 */
export function escapeMarkdown(text: string, max?: number): string {
  return visibleText(text, max)
    .replace(/[&<>`*[\]#|~\\$]/g, (character) => ENTITIES[character] ?? entity(character))
    .replace(/@(?=\S)/g, `@${PARTED}`)
    .replace(/&#35;(?=\w)/g, `&#35;${PARTED}`)
    .replace(/(gh-)(?=\d)/gi, `$1${PARTED}`)
    .replace(/:(?=\/\/|(?!\d\d:)[\w+-]+:)/g, `:${PARTED}`)
    .replace(/(mailto|xmpp):/gi, `$1:${PARTED}`)
    .replace(/(www)\./gi, `$1${PARTED}.`)
    .replace(/^(?:[-+](?=[\s-]|$)|=)/, entity)
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, (_, digits: string, mark: string) => digits + entity(mark))
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, entity("_"));
}

/** A value inside a double-quoted HTML attribute. */
export function escapeAttribute(text: string): string {
  return visibleText(text, 2_000).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? entity(character));
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
