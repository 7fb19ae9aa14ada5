import type { SectionName } from "./schema";

/** What one source of a configuration says: some keys of some sections, unchecked. */
export type Layer = Partial<Record<SectionName, Record<string, unknown>>>;

export interface NamedLayer {
  /** A file's path, or null for the command line. */
  file: string | null;
  values: Layer;
}
