import type { ColumnType } from '../model/table.ts'

/** Facts and text of one SQL dialect. To be completed beside the renderer. */
export interface Dialect {
  readonly types: Readonly<Record<ColumnType, string>>
  quote(identifier: string): string
}
