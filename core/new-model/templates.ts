/** The folders of examples/ that a new repository, or a new model, can start from. */
export const TEMPLATES = ["penguins", "diabetes", "rain", "empty"] as const;
export type TemplateName = (typeof TEMPLATES)[number];
