/** The room that a view has. */
export interface ViewProps {
  readonly columns: number;
  readonly height: number;
}
