/** The portal somewhere: its pages lie below `base` of `origin`. */
export interface PortalPlace {
  origin: string;
  base: string;
  /** The repository whose registry it shows. */
  folder: string;
  /** What a browser that is let in holds, as `name=value`. */
  cookies: readonly string[];
  /** Where people sign in as one of them, if they have to. */
  people?: readonly string[];
}
