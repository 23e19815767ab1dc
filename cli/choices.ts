// What options and arguments may be: data alone, as the table of commands is.

export const TEMPLATES = ["penguins", "diabetes", "empty"] as const;
export type Template = (typeof TEMPLATES)[number];

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];
