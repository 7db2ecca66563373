/** One step in the history of the casebook's tables. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
